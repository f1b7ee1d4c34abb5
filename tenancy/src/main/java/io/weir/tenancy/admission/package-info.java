/** May it be spent? Reserve, settle, void, expire: the protocol's types and ports. Pure. */
@NullMarked
package io.weir.tenancy.admission;

import org.jspecify.annotations.NullMarked;
