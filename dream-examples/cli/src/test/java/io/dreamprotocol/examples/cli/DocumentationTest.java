package io.dreamprotocol.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dreamprotocol.core.error.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the documentation against the code: snippets are compiled code, links lead somewhere, and tables are complete. */
class DocumentationTest {
    private static final Path ROOT = root();
    private static final Pattern SNIPPET =
            Pattern.compile("(?:<!-- from: (\\S+) -->\\n)?```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("(?:\\]\\(|src=\")([^)\"#:]+)[)\"#]");

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        return pages;
    }

    @TestFactory
    Stream<DynamicTest> javaSnippetsComeFromCompiledCode() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> checkSnippets(page)));
    }

    private static void checkSnippets(Path page) throws IOException {
        Matcher snippet = SNIPPET.matcher(Files.readString(page));
        while (snippet.find()) {
            assertThat(snippet.group(1))
                    .as("where the snippet comes from: %s", snippet.group(2))
                    .isNotNull();
            String source = Files.readString(ROOT.resolve(snippet.group(1)));
            assertThat(withoutBlanks(source)).contains(withoutBlanks(snippet.group(2)));
        }
    }

    /** Pages are narrower than sources, so lines may break elsewhere. */
    private static String withoutBlanks(String code) {
        return code.replaceAll("\\s+", "");
    }

    @TestFactory
    Stream<DynamicTest> linksLeadToFilesOfTheProject() throws IOException {
        return pages().stream()
                .map(page -> DynamicTest.dynamicTest(ROOT.relativize(page).toString(), () -> checkLinks(page)));
    }

    private static void checkLinks(Path page) throws IOException {
        Matcher link = LINK.matcher(Files.readString(page));
        while (link.find()) {
            assertThat(page.resolveSibling(link.group(1))).exists();
        }
    }

    @Test
    void everyErrorCodeIsListedWithItsExitStatus() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/reference/errors.md"));
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(page).contains("| " + code.number() + " | `" + code.id() + "` |");
        }
    }

    @Test
    void everyDecisionIsListed() throws IOException {
        String index = Files.readString(ROOT.resolve("docs/decisions/README.md"));
        try (Stream<Path> decisions = Files.list(ROOT.resolve("docs/decisions"))) {
            decisions
                    .map(decision -> decision.getFileName().toString())
                    .filter(name -> !name.equals("README.md"))
                    .forEach(name -> assertThat(index).contains("(" + name + ")"));
        }
    }
}
