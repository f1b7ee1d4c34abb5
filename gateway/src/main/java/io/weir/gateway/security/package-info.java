/** From a credential to a caller: API keys and the platform admin's key. Authorization itself is by annotation on each resource. */
@NullMarked
package io.weir.gateway.security;

import org.jspecify.annotations.NullMarked;
