package io.weir.tenancy.redis;

import io.weir.router.Money;
import io.weir.tenancy.Caller;
import io.weir.tenancy.admission.Claim;
import io.weir.tenancy.admission.Counters;
import io.weir.tenancy.admission.Grant;
import io.weir.tenancy.admission.RefusalCause;
import io.weir.tenancy.admission.ReserveAnswer;
import io.weir.tenancy.admission.ReserveCommand;
import io.weir.tenancy.admission.ReserveCommand.ScopeLimits;
import io.weir.tenancy.admission.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link ReserveCommand} and {@link ReserveAnswer} as {@code reserve.lua} speaks them. */
final class ReserveCall {

    private static final int FIXED_KEYS = 3;
    private static final int KEYS_A_SCOPE = 4;
    private static final int FIXED_ARGUMENTS = 12;
    private static final int ARGUMENTS_A_SCOPE = 3;
    private static final int ARGUMENTS_A_STEP = 2;
    private static final long MICROS_A_MILLI = 1_000;

    private ReserveCall() {}

    static String[] keys(ReserveCommand command, String prefix) {
        List<ScopeLimits> scopes = command.scopes();
        String[] keys = new String[FIXED_KEYS + KEYS_A_SCOPE * scopes.size()];
        keys[0] = Keys.seeded(prefix);
        keys[1] = Keys.holds(prefix);
        keys[2] = Keys.hold(prefix, command.act().key());
        int next = FIXED_KEYS;
        for (ScopeLimits limits : scopes) {
            Scope scope = limits.scope();
            keys[next++] = Keys.requests(prefix, scope);
            keys[next++] = Keys.tokens(prefix, scope);
            keys[next++] = Keys.counter(prefix, new Counters.Key(scope, command.periods().current().from()));
            keys[next++] = Keys.counter(prefix, new Counters.Key(scope, command.periods().next().from()));
        }
        return keys;
    }

    static String[] arguments(ReserveCommand command) {
        List<ScopeLimits> scopes = command.scopes();
        List<Claim.Step> steps = command.act().steps();
        String[] arguments =
                new String[FIXED_ARGUMENTS + ARGUMENTS_A_SCOPE * scopes.size() + ARGUMENTS_A_STEP * steps.size()];
        arguments[0] = command.act().mode().name();
        arguments[1] = command.act().key().text();
        arguments[2] = Integer.toString(command.act().slice());
        arguments[3] = command.countsAsRequest() ? "1" : "0";
        arguments[4] = command.start().toString();
        arguments[5] = who(command.act().caller()).text();
        arguments[6] = scopeNames(scopes.stream().map(ScopeLimits::scope).toList());
        arguments[7] = millis(command.periods().current().from());
        arguments[8] = millis(command.periods().current().to());
        arguments[9] = millis(command.periods().next().to());
        arguments[10] = Integer.toString(scopes.size());
        arguments[11] = Integer.toString(steps.size());
        int next = FIXED_ARGUMENTS;
        for (ScopeLimits limits : scopes) {
            arguments[next++] = Long.toString(limits.requests());
            arguments[next++] = Long.toString(limits.tokens());
            arguments[next++] = Long.toString(limits.budget());
        }
        for (Claim.Step step : steps) {
            arguments[next++] = Long.toString(step.ceiling().nanos());
            arguments[next++] = Long.toString(step.tokens());
        }
        return arguments;
    }

    static ReserveAnswer answer(List<Object> reply, ReserveCommand command) {
        String word = (String) reply.getFirst();
        return switch (word) {
            case "GRANTED" ->
                new ReserveAnswer.Granted(Money.ofNanos(number(reply, 1)), number(reply, 2), period(reply, 3, 4));
            case "REFUSED" -> new ReserveAnswer.Refused(RefusalCause.valueOf((String) reply.get(1)), delay(number(reply, 2)));
            case "UNKNOWN" ->
                new ReserveAnswer.Unknown(
                        command.scopes().get((int) number(reply, 1) - 1).scope(), Instant.ofEpochMilli(number(reply, 2)));
            case "UNSEEDED" -> new ReserveAnswer.Unseeded();
            case "GONE" -> new ReserveAnswer.Gone();
            case "OUTSIDE" -> new ReserveAnswer.OutsidePeriods();
            default -> throw new IllegalStateException("reserve.lua answered " + word);
        };
    }

    static Counters.Who who(Caller caller) {
        return new Counters.Who(caller.project().value(), caller.key().value(), caller.subject());
    }

    static String scopeNames(List<Scope> scopes) {
        return String.join(",", scopes.stream().map(Scope::text).toList());
    }

    static String millis(Instant time) {
        return Long.toString(time.toEpochMilli());
    }

    private static Grant.Period period(List<Object> reply, int from, int to) {
        return new Grant.Period(Instant.ofEpochMilli(number(reply, from)), Instant.ofEpochMilli(number(reply, to)));
    }

    /** Rounded up to whole milliseconds, so that it is not too early. */
    private static @Nullable Duration delay(long micros) {
        return micros < 0 ? null : Duration.ofMillis(Math.ceilDiv(micros, MICROS_A_MILLI));
    }

    private static long number(List<Object> reply, int index) {
        return (Long) reply.get(index);
    }
}
