package io.weir.tenancy.admission;

/** Told what the protocol does, for metrics and for closing upstreams. Called on the protocol's threads: returns at once, throws nothing. */
public interface ProtocolListener {

    /** A claim, or a grant whose intent could not be put on record, was refused. */
    default void refused(RefusalCause cause) {}

    /** A store did not answer; what was asked of it will be asked again, or was refused. */
    default void storeAway(StoreAway.Which which) {}

    /** A new epoch is in use here. */
    default void epochInUse(long epoch) {}

    /** A row above a hold was booked: an engine delivered more than the cap it was sent. */
    default void overrun(AttemptKey attempt) {}

    /** The sweeper ended an attempt. */
    default void swept(AttemptKey attempt, Settlement.Basis basis) {}

    /** Neither store could be told for ten seconds that this process lives: close every upstream now. */
    default void leaseLost() {}

    /** The checker has looked. */
    default void checked(CheckReport report) {}
}
