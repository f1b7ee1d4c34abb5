package io.weir.tenancy.testing;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** A data source that loses the answers to some commits: PostgreSQL has committed, the caller does not know. */
public final class LossyDataSource implements DataSource {

    private final DataSource real;
    private final AtomicInteger toLose = new AtomicInteger();

    public LossyDataSource(DataSource real) {
        this.real = real;
    }

    /** The answers to the next commits are lost. */
    public void loseNext(int commits) {
        toLose.set(commits);
    }

    public int left() {
        return toLose.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = real.getConnection();
        return (Connection) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
            try {
                Object result = method.invoke(connection, arguments);
                if (method.getName().equals("commit") && toLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new SQLException("the answer was lost", "08006");
                }
                return result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        });
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
        return Logger.getLogger(LossyDataSource.class.getName());
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
