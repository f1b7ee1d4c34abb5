package io.weir.tenancy.jdbc;

import io.weir.router.ModelId;
import io.weir.router.PriceVersion;
import io.weir.router.Tasks;
import io.weir.router.TokenPrice;
import io.weir.tenancy.OrganisationId;
import io.weir.tenancy.pricing.NewPrice;
import io.weir.tenancy.pricing.Price;
import io.weir.tenancy.pricing.PriceBook;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import javax.sql.DataSource;

/**
 * One organisation's price book in PostgreSQL, with a copy of all of it in memory, refreshed every half second. Prices are only ever added.
 * Thread-safe.
 */
public final class JdbcPriceBook implements PriceBook, AutoCloseable {

    private static final String PRICES_SINCE = Sql.load("prices-since");
    private static final String PRICE_INSERT = Sql.load("price-insert");
    private static final String PRICE_FIND = Sql.load("price-find");

    private final OrganisationId organisation;
    private final DirectoryPoll poll;
    /** The highest version that polls have loaded: additions hold the directory's row lock, so that lower ones are all there. */
    private long loaded;
    /** Never changed once it stands here: a change publishes a new one. */
    private volatile Book book = new Book(List.of(), Map.of());

    /**
     * @param application connects as {@code weir_app}
     * @param tasks runs the polls
     * @param organisation whose prices
     */
    public JdbcPriceBook(DataSource application, Tasks tasks, OrganisationId organisation) {
        this.organisation = organisation;
        this.poll = new DirectoryPoll("price book", application, tasks, this::load);
    }

    /** Loads the prices and begins to poll. Called once, before any look-up; blocks, and throws when PostgreSQL cannot be asked. */
    public void start() {
        poll.start();
    }

    /** Ends the polls. */
    @Override
    public void close() {
        poll.close();
    }

    @Override
    public Optional<PriceVersion> at(ModelId model, Instant at) {
        NavigableMap<Instant, Price> prices = book.byModel.get(model);
        Map.Entry<Instant, Price> inForce = prices == null ? null : prices.floorEntry(at);
        if (inForce == null) {
            return Optional.empty();
        }
        Price price = inForce.getValue();
        return Optional.of(new PriceVersion(price.version(), price.terms().price()));
    }

    @Override
    public List<Price> all() {
        return book.newestFirst;
    }

    @Override
    public List<Price> add(List<NewPrice> prices) {
        return poll.change("add prices", (connection, version) -> insert(connection, prices), stored -> book = book.with(stored));
    }

    private List<Price> insert(Connection connection, List<NewPrice> prices) throws SQLException {
        List<Price> stored = new ArrayList<>(prices.size());
        try (PreparedStatement insert = connection.prepareStatement(PRICE_INSERT);
                PreparedStatement find = connection.prepareStatement(PRICE_FIND)) {
            for (NewPrice price : prices) {
                insert.setString(1, organisation.value());
                setIdentity(insert, price);
                insert.setString(8, price.source());
                insert.setObject(9, price.sourceDate());
                insert.executeUpdate();
                find.setString(1, organisation.value());
                setIdentity(find, price);
                try (ResultSet row = find.executeQuery()) {
                    row.next();
                    stored.add(price(row));
                }
            }
        }
        return List.copyOf(stored);
    }

    /** What makes a price the same price, from the second column on. Cut to what the column keeps, since the driver would round up. */
    private static void setIdentity(PreparedStatement statement, NewPrice price) throws SQLException {
        statement.setString(2, price.model().value());
        statement.setLong(3, price.price().inputFresh());
        statement.setLong(4, price.price().cacheRead());
        statement.setLong(5, price.price().cacheWrite());
        statement.setLong(6, price.price().output());
        Times.set(statement, 7, price.effectiveFrom().truncatedTo(ChronoUnit.MICROS));
    }

    private void load(Connection connection, long since) throws SQLException {
        boolean everything = since == DirectoryPoll.EVERYTHING;
        List<Price> prices = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(PRICES_SINCE)) {
            statement.setString(1, organisation.value());
            statement.setLong(2, everything ? 0 : loaded);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    prices.add(price(rows));
                }
            }
        }
        book = (everything ? new Book(List.of(), Map.of()) : book).with(prices);
        loaded = prices.stream().mapToLong(Price::version).max().orElse(everything ? 0 : loaded);
    }

    private static Price price(ResultSet row) throws SQLException {
        TokenPrice amounts = new TokenPrice(
                row.getLong("input_fresh"), row.getLong("cache_read"), row.getLong("cache_write"), row.getLong("output"));
        NewPrice terms = new NewPrice(
                new ModelId(row.getString("model")),
                amounts,
                Times.get(row, "effective_from"),
                row.getString("source"),
                row.getObject("source_date", LocalDate.class));
        return new Price(row.getLong("version"), terms, Times.get(row, "created_at"));
    }

    /** All prices, and by model and effective date the one that counts. */
    private record Book(List<Price> newestFirst, Map<ModelId, NavigableMap<Instant, Price>> byModel) {

        Book with(Collection<Price> more) {
            Map<Long, Price> byVersion = new HashMap<>();
            newestFirst.forEach(price -> byVersion.put(price.version(), price));
            more.forEach(price -> byVersion.put(price.version(), price));
            List<Price> sorted = byVersion.values().stream()
                    .sorted(Comparator.comparingLong(Price::version).reversed())
                    .toList();
            Map<ModelId, NavigableMap<Instant, Price>> index = new HashMap<>();
            for (Price price : sorted) {
                index.computeIfAbsent(price.terms().model(), model -> new TreeMap<>()).putIfAbsent(price.terms().effectiveFrom(), price);
            }
            return new Book(sorted, index);
        }
    }
}
