@NullMarked
package io.weir.tenancy.jdbc;

import org.jspecify.annotations.NullMarked;
