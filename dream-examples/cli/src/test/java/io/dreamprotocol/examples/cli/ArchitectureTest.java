package io.dreamprotocol.examples.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.dreamprotocol.core.BackendAddress;
import io.dreamprotocol.core.storage.Cid;

/** The rules between modules, checked on the classes of every module that is built before this one, its own included. */
@AnalyzeClasses(locations = BuiltModules.class)
final class ArchitectureTest {
    private static final String ROOT = "io.dreamprotocol";
    private static final String JDK = "java..";
    private static final String NULLNESS = "org.jspecify.annotations..";

    @ArchTest
    static final ArchRule coreDependsOnTheJdkAlone = classes()
            .that()
            .resideInAPackage("io.dreamprotocol.core..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("io.dreamprotocol.core..", JDK, "javax.crypto..", NULLNESS);

    @ArchTest
    static final ArchRule diffusionIsPlainJava = classes()
            .that()
            .resideInAPackage("io.dreamprotocol.inference.diffusion..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.dreamprotocol.inference.diffusion..",
                    "io.dreamprotocol.inference.images..",
                    "io.dreamprotocol.core..",
                    "com.fasterxml.jackson..",
                    "com.sun.management..",
                    JDK,
                    NULLNESS);

    @ArchTest
    static final ArchRule backendsDoNotKnowEachOther = slices().assignedFrom(new Modules())
            .should()
            .notDependOnEachOther()
            .ignoreDependency(anything(), module("core"))
            .ignoreDependency(module("examples"), anything())
            .ignoreDependency(module("inference"), module("inference.diffusion"))
            .ignoreDependency(module("inference"), module("inference.images"));

    private static final DescribedPredicate<JavaClass> THIRD_PARTY = JavaClass.Predicates.resideInAnyPackage(
            "ai.djl..",
            "ai.onnxruntime..",
            "com.fasterxml..",
            "java.sql..",
            "okhttp3..",
            "okio..",
            "org.ngengine..",
            "org.sqlite..",
            "org.web3j..");

    @ArchTest
    static final ArchRule noPublicMethodReturnsAThirdPartysType = codeUnits()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should()
            .notHaveRawReturnType(THIRD_PARTY);

    @ArchTest
    static final ArchRule noPublicMethodTakesAThirdPartysType = codeUnits()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .should()
            .notHaveRawParameterTypes(DescribedPredicate.anyElementThat(THIRD_PARTY));

    @ArchTest
    static final ArchRule djlAndOnnxRuntimeStayInOneModule = noClasses()
            .that()
            .resideOutsideOfPackage("io.dreamprotocol.inference.onnx..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..", "ai.onnxruntime..");

    @ArchTest
    static final ArchRule okHttpStaysInTheModulesThatCallOthers = noClasses()
            .that()
            .resideOutsideOfPackages("io.dreamprotocol.inference.hub..", "io.dreamprotocol.storage.ipfs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("okhttp3..", "okio..");

    /** Commands that fetch nothing must not wait for the hub's client to load. */
    @ArchTest
    static final ArchRule onlyThePullKnowsTheHub = noClasses()
            .that()
            .resideInAPackage("io.dreamprotocol.examples.cli..")
            .and()
            .doNotHaveSimpleName("HubPull")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dreamprotocol.inference.hub..");

    @ArchTest
    static final ArchRule sqliteStaysInOneModule = noClasses()
            .that()
            .resideOutsideOfPackage("io.dreamprotocol.chain.embedded..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "java.sql..");

    @ArchTest
    static final ArchRule picocliStaysInTheCommand = noClasses()
            .that()
            .resideOutsideOfPackage("io.dreamprotocol.examples.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    /** Two values of core are used on both sides of a border, so the dependencies on them do not count. */
    @ArchTest
    static final ArchRule noPackagesGoInCircles = slices().matching("io.dreamprotocol.(**)")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(anything(), JavaClass.Predicates.type(BackendAddress.class))
            .ignoreDependency(
                    module("core.encoding"),
                    JavaClass.Predicates.type(Cid.class).or(JavaClass.Predicates.type(Cid.Codec.class)));

    private static DescribedPredicate<JavaClass> module(String name) {
        return JavaClass.Predicates.resideInAPackage(ROOT + "." + name + "..");
    }

    private static DescribedPredicate<JavaClass> anything() {
        return DescribedPredicate.alwaysTrue();
    }
}
