/** The system of record: PostgreSQL. The only package that knows JDBC and Flyway; each statement is a resource file of its own. */
@NullMarked
package io.weir.tenancy.jdbc;

import org.jspecify.annotations.NullMarked;
