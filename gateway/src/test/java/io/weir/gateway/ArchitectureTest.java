package io.weir.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.weir.router.Engine;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.util.UUID;

/** The table of who may touch what (DESIGN.md, section 3). A line that breaks it fails the build. */
@AnalyzeClasses(packages = "io.weir", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String[] PURE = {"io.weir.router..", "java..", "org.jspecify.."};

    @ArchTest
    static final ArchRule ROUTER_IS_PURE =
            classes().that().resideInAPackage("io.weir.router..").should().onlyDependOnClassesThat().resideInAnyPackage(PURE);

    @ArchTest
    static final ArchRule TENANCY_IS_PURE_BUT_FOR_ITS_ADAPTERS = classes()
            .that(resideInAPackage("io.weir.tenancy..").and(not(resideInAnyPackage("io.weir.tenancy.redis..", "io.weir.tenancy.jdbc.."))))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("io.weir.tenancy..", "io.weir.router..", "java..", "org.jspecify..")
                    .and(not(resideInAnyPackage("java.sql..", "javax.sql.."))));

    @ArchTest
    static final ArchRule TENANCY_KNOWS_NO_GATEWAY =
            noClasses().that().resideInAPackage("io.weir.tenancy..").should().dependOnClassesThat().resideInAnyPackage("io.weir.gateway..", "io.weir.engine..");

    @ArchTest
    static final ArchRule THE_POOL_KNOWS_ONLY_THE_ROUTER = noClasses()
            .that()
            .resideInAPackage("io.weir.engine.pool..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.weir.gateway..", "io.weir.tenancy..", "io.weir.engine.moe..");

    @ArchTest
    static final ArchRule THE_EMBEDDED_ENGINE_KNOWS_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAPackage("io.weir.engine.moe..")
            .should()
            .dependOnClassesThat(resideInAPackage("io.weir..").and(not(resideInAPackage("io.weir.engine.moe.."))));

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_EMBEDDED_ENGINE = noClasses()
            .that()
            .resideOutsideOfPackage("io.weir.engine.moe..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.weir.engine.moe..");

    @ArchTest
    static final ArchRule ONLY_REDIS_TOUCHES_LETTUCE = only("io.lettuce..", "io.weir.tenancy.redis..");

    @ArchTest
    static final ArchRule ONLY_JDBC_TOUCHES_JDBC =
            noClasses().that().resideOutsideOfPackages("io.weir.tenancy.jdbc..", "io.weir.gateway.wiring..").should().dependOnClassesThat().resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..", "org.flywaydb..");

    @ArchTest
    static final ArchRule ONLY_BEDROCK_TOUCHES_AWS = only("software.amazon..", "io.weir.gateway.bedrock..");

    @ArchTest
    static final ArchRule ONLY_THE_GUARD_TOUCHES_FAULT_TOLERANCE = noClasses()
            .that()
            .resideOutsideOfPackage("io.weir.gateway.guard..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.smallrye.faulttolerance..", "org.eclipse.microprofile.faulttolerance..");

    @ArchTest
    static final ArchRule ONLY_OBSERVE_TOUCHES_TELEMETRY = noClasses()
            .that()
            .resideOutsideOfPackages("io.weir.gateway.observe..", "io.weir.gateway.wiring..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry..", "io.micrometer..");

    @ArchTest
    static final ArchRule ONLY_THE_EDGE_TOUCHES_THE_FRAMEWORK = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.weir.gateway.pipeline..",
                    "io.weir.gateway.dialect..",
                    "io.weir.gateway.guard..",
                    "io.weir.gateway.bedrock..",
                    "io.weir.gateway.observe..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.quarkus..", "jakarta.ws.rs..", "jakarta.inject..", "jakarta.enterprise..", "io.vertx..", "io.smallrye.mutiny..");

    @ArchTest
    static final ArchRule THE_PIPELINE_IS_FREE_OF_LIBRARIES = classes()
            .that()
            .resideInAPackage("io.weir.gateway.pipeline..")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "io.weir.gateway.pipeline..", "io.weir.gateway.dialect..", "io.weir.router..", "io.weir.tenancy..", "java..", "org.jspecify..")
                    .and(not(resideInAnyPackage("io.weir.tenancy.redis..", "io.weir.tenancy.jdbc.."))));

    @ArchTest
    static final ArchRule THE_PIPELINE_STARTS_NOTHING =
            noClasses().that().resideInAPackage("io.weir.gateway.pipeline..").should().dependOnClassesThat().belongToAnyOf(Thread.class);

    /** Law 1: whoever opens an engine holds a permit; only dispatch does, and the decorators it goes through. */
    @ArchTest
    static final ArchRule ONLY_DISPATCH_OPENS_ENGINES = noClasses()
            .that()
            .resideOutsideOfPackages("io.weir.gateway.guard..", "io.weir.router..")
            .and()
            .doNotHaveFullyQualifiedName("io.weir.gateway.pipeline.Dispatch")
            .should()
            .callMethodWhere(target(
                            name("open"))
                    .and(target(
                            owner(
                                    assignableTo(Engine.class)))));

    @ArchTest
    static final ArchRule EVERY_RESOURCE_NAMES_ITS_ROLE = classes()
            .that()
            .areAnnotatedWith(Path.class)
            .should()
            .beAnnotatedWith(RolesAllowed.class)
            .orShould()
            .beAnnotatedWith(PermitAll.class);

    @ArchTest
    static final ArchRule NO_FIELD_IS_INJECTED =
            noFields().should().beAnnotatedWith("jakarta.inject.Inject");

    @ArchTest
    static final ArchRule PURE_CODE_ASKS_FOR_ITS_CLOCK = noClasses()
            .that()
            .resideInAnyPackage("io.weir.router..", "io.weir.tenancy..", "io.weir.gateway.pipeline..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(UUID.class, "randomUUID");

    @ArchTest
    static final ArchRule NO_CYCLES_IN_THE_GATEWAY = slices().matching("io.weir.gateway.(*)..").should().beFreeOfCycles();

    private static ArchRule only(String library, String home) {
        return noClasses().that().resideOutsideOfPackage(home).should().dependOnClassesThat().resideInAPackage(library);
    }
}
