package io.weir.tenancy.testing;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source whose PostgreSQL can be away: while disconnected no connection is to be had, as when nobody listens. */
public final class SwitchableDataSource implements DataSource {

    private final DataSource real;
    private volatile boolean connected = true;

    public SwitchableDataSource(DataSource real) {
        this.real = real;
    }

    public void disconnect() {
        connected = false;
    }

    public void reconnect() {
        connected = true;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (!connected) {
            throw new SQLException("connection refused", "08001");
        }
        return real.getConnection();
    }

    @Override
    public Connection getConnection(String name, String password) throws SQLException {
        throw new SQLException("the application names no role here");
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
        return real.getLogWriter();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        real.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        real.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return real.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger(SwitchableDataSource.class.getName());
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return real.isWrapperFor(type);
    }
}
