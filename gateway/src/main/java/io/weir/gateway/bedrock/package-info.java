/** AWS Bedrock behind the engine port: Converse and ConverseStream. The only place where the AWS SDK is touched. */
@NullMarked
package io.weir.gateway.bedrock;

import org.jspecify.annotations.NullMarked;
