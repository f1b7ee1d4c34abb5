package io.weir.router;

import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes request ids. Thread-safe when its random generator is. */
public final class IdSource {

    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private final Clock clock;
    private final RandomGenerator random;

    public IdSource(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits. */
    public RequestId next() {
        long high = (clock.millis() << 16) | VERSION_7 | (random.nextLong() & 0x0FFFL);
        long low = VARIANT | (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL);
        return new RequestId(new UUID(high, low));
    }
}
