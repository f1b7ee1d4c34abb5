package io.weir.launcher.part;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreUrlsTest {

    @ParameterizedTest
    @ValueSource(strings = {
        "postgres://weir:a%40b+c@db:6543/weir?sslmode=require",
        "postgresql://weir:a%40b+c@db:6543/weir?sslmode=require",
        "jdbc:postgresql://db:6543/weir?user=weir&sslmode=require&password=a%40b%2Bc"})
    void bothFormsOfAPostgresUrlSayTheSame(String text) {
        // When
        PostgresUrl url = PostgresUrl.parse(text);

        // Then
        assertThat(url).isEqualTo(
                new PostgresUrl("db", 6543, "weir", "jdbc:postgresql://db:6543/weir?sslmode=require", "weir", "a@b+c"));
    }

    @Test
    void aRedisUrlMayNameADatabase() {
        // When
        RedisUrl url = RedisUrl.parse("rediss://default:p%3Aw@cache/2");

        // Then
        assertThat(url).isEqualTo(new RedisUrl("cache", 6379, "rediss://cache:6379/2", "p:w"));
        assertThat(url.isTls()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://:secret@cache:7000", "redis://secret@cache:7000"})
    void aRedisPasswordNeedsNoUser(String text) {
        // When
        RedisUrl url = RedisUrl.parse(text);

        // Then
        assertThat(url).isEqualTo(new RedisUrl("cache", 7000, "redis://cache:7000", "secret"));
    }
}
