/**
 * A wire-level simulator of AWS Bedrock's runtime for the black-box, chaos and load suites: it verifies Signature Version 4, speaks
 * {@code Converse} and {@code ConverseStream} over HTTP/1.1, meters tokens by arithmetic of its own and injects faults. It shares no
 * code with the gateway, and it is test code: it never stands in for Bedrock in a running product.
 */
@NullMarked
package io.weir.blackbox.bedrock;

import org.jspecify.annotations.NullMarked;
