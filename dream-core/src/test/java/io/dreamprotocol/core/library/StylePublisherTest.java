package io.dreamprotocol.core.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.jr.ob.JSON;
import io.dreamprotocol.core.account.KeyFile;
import io.dreamprotocol.core.account.Signer;
import io.dreamprotocol.core.encoding.Bytes;
import io.dreamprotocol.core.error.DreamException;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.image.Cancellation;
import io.dreamprotocol.core.ledger.IdempotencyKey;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.StyleRegistry;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.protection.ModelKey;
import io.dreamprotocol.core.storage.Cid;
import io.dreamprotocol.core.style.SplitTable;
import io.dreamprotocol.core.style.StyleId;
import io.dreamprotocol.core.style.StyleKind;
import io.dreamprotocol.core.style.StyleManifest;
import io.dreamprotocol.core.style.StyleModel;
import io.dreamprotocol.core.style.StyleRegistration;
import io.dreamprotocol.core.style.StyleTerms;
import io.dreamprotocol.core.style.StyleUsage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StylePublisherTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0};
    private static final LedgerInfo INFO = new LedgerInfo("fake:1", "DREAM", 6, Duration.ofMinutes(10), 0, Amount.ZERO);

    @TempDir
    Path folder;

    private final FakeStore store = new FakeStore();
    private final List<StyleModel> models = new ArrayList<>();
    private Path content;
    private Signer creator;

    @BeforeEach
    void makeAModel() throws Exception {
        creator = KeyFile.openOrCreate(folder.resolve("creator.key"));
        content = folder.resolve("model");
        write("model_index.json", "{}");
        write("unet/model.safetensors", "weights");
        write(".gitattributes", "hidden");
        write(".cache/x.bin", "hidden");
    }

    private void write(String path, String text) throws IOException {
        Path file = content.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    }

    private StyleUpload upload(Path of, Path... previews) {
        return new StyleUpload(
                of,
                "gloss",
                StyleKind.CHECKPOINT,
                "stable-diffusion-1",
                "A \"glossy\" look\nof two lines",
                List.of("gloss", "shiny"),
                List.of(),
                "CC-BY-4.0",
                List.of(previews));
    }

    /** A registry that knows how to register and to find, and nothing else. */
    private StyleRegistry registry() {
        return (StyleRegistry) Proxy.newProxyInstance(
                StyleRegistry.class.getClassLoader(),
                new Class<?>[] {StyleRegistry.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "register" -> register((Signer) arguments[0], (StyleRegistration) arguments[1]);
                    case "named" ->
                        models.stream()
                                .filter(model -> model.manifest().name().equals(arguments[0]))
                                .findFirst();
                    case "ofFile" ->
                        models.stream()
                                .filter(model ->
                                        model.manifest().principal().sha256().equals(arguments[0]))
                                .findFirst();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private StyleModel register(Signer by, StyleRegistration registration) {
        StyleModel model = new StyleModel(
                new StyleId(models.size() + 1L),
                by.account(),
                by.account(),
                Optional.empty(),
                registration.manifest(),
                registration.terms(),
                registration.split(),
                registration.parents(),
                registration.contributors(),
                0,
                Instant.EPOCH,
                StyleUsage.NONE);
        models.add(model);
        return model;
    }

    private StylePublisher publisher() {
        return new StylePublisher(store, registry());
    }

    private StyleModel publish(Signer by, StyleUpload upload, Optional<ModelKey> key) {
        return publisher()
                .publish(
                        by,
                        upload,
                        key,
                        manifest -> new StyleRegistration(
                                manifest,
                                StyleTerms.royalty(Amount.of(1_500_000)),
                                SplitTable.OWNER_ONLY,
                                List.of(),
                                Optional.empty()),
                        Amount.ZERO,
                        IdempotencyKey.random(),
                        new Cancellation());
    }

    private StyleManifest store(StyleUpload upload, Optional<ModelKey> key) {
        return publisher().store(upload, key, new Cancellation());
    }

    @Test
    void aFolderIsPublishedAndFetchedAgain() throws Exception {
        Path preview = Files.write(folder.resolve("preview.png"), PNG);

        StyleModel model = publish(creator, upload(content, preview), Optional.empty());

        assertThat(model.manifest().files())
                .extracting(file -> file.file().path())
                .containsExactly("model_index.json", "unet/model.safetensors");
        assertThat(model.manifest().sealed()).isFalse();
        assertThat(store.kept).isEqualTo(store.blobs.keySet());
        assertThat(store.blobs)
                .containsKeys(
                        model.manifest().cid(), model.manifest().previews().getFirst());
        Path fetched = new StyleFetcher(store, folder.resolve("fetched"))
                .fetch(model.manifest(), Optional.empty(), new Cancellation());
        assertThat(fetched.resolve("unet/model.safetensors")).hasContent("weights");
        assertThat(StyleManifest.decode(store.read(model.manifest().cid(), StyleManifest.MAX_BYTES)))
                .isEqualTo(model.manifest());
    }

    @Test
    void aSealedModelLeavesNoPlainBytes() throws Exception {
        ModelKey key = ModelKey.generate();

        StyleModel model = publish(creator, upload(content), Optional.of(key));

        assertThat(model.manifest().sealed()).isTrue();
        assertThat(store.blobs.values())
                .noneMatch(blob -> new String(blob, StandardCharsets.ISO_8859_1).contains("weights"));
        Path fetched = new StyleFetcher(store, folder.resolve("fetched"))
                .fetch(model.manifest(), Optional.of(key), new Cancellation());
        assertThat(fetched.resolve("unet/model.safetensors")).hasContent("weights");
    }

    @Test
    void publishingAgainGivesTheSameManifest() {
        ModelKey key = ModelKey.generate();
        StyleManifest open = store(upload(content), Optional.empty());
        assertThat(store(upload(content), Optional.empty())).isEqualTo(open);

        StyleModel model = publish(creator, upload(content), Optional.of(key));
        int blobs = store.blobs.size();
        assertThat(store(upload(content), Optional.of(key))).isEqualTo(model.manifest());
        assertThat(store.blobs).hasSize(blobs);
    }

    @Test
    void aSingleFileIsAModelToo() throws Exception {
        Path file = Files.writeString(folder.resolve("gloss.safetensors"), "lora");

        StyleManifest manifest = store(upload(file), Optional.empty());

        assertThat(manifest.principal().path()).isEqualTo("gloss.safetensors");
        assertThat(manifest.principal().sha256()).isEqualTo(Bytes.sha256("lora".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatMustNotBePublishedStoresNothing() throws Exception {
        assertFails(ErrorCode.STORE_FAILED, () -> store(upload(folder.resolve("none")), Optional.empty()));
        Files.createDirectories(folder.resolve("empty"));
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(folder.resolve("empty")), Optional.empty()));
        Path text = Files.writeString(folder.resolve("preview.txt"), "no image");
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content, text), Optional.empty()));
        Path large = Files.write(folder.resolve("large.png"), Arrays.copyOf(PNG, StylePublisher.MAX_PREVIEW_BYTES + 1));
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content, large), Optional.empty()));
        write("unet/old.ckpt", "x");
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content), Optional.empty()));
        Files.delete(content.resolve("unet/old.ckpt"));
        write("unet/weights.dat", "\u0080\u0002pickled");
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content), Optional.empty()));
        write("unet/weights.dat", "PK\u0003\u0004zipped");
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content), Optional.empty()));
        Files.delete(content.resolve("unet/weights.dat"));
        write("unet/a:b", "x");
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content), Optional.empty()));
        Files.delete(content.resolve("unet/a:b"));
        Files.createSymbolicLink(content.resolve("link.safetensors"), text);
        assertFails(ErrorCode.INVALID_MANIFEST, () -> store(upload(content), Optional.empty()));
        assertThat(store.blobs).isEmpty();
    }

    @Test
    void anotherCreatorsNameIsRefusedBeforeAnythingIsStored() {
        Signer other = KeyFile.openOrCreate(folder.resolve("other.key"));
        publish(other, upload(content), Optional.empty());
        store.blobs.clear();

        assertFails(ErrorCode.STYLE_EXISTS, () -> publish(creator, upload(content), Optional.empty()));
        assertThat(store.blobs).isEmpty();
    }

    @Test
    void aFileThatChangesMeanwhileIsNotStored() throws Exception {
        FakeStore changing = new FakeStore() {
            @Override
            public Cid put(InputStream in) throws IOException {
                write("unet/model.safetensors", "another");
                return super.put(in);
            }
        };
        StylePublisher publisher = new StylePublisher(changing, registry());

        assertFails(
                ErrorCode.MODEL_FILE_CORRUPT,
                () -> publisher.store(upload(content), Optional.empty(), new Cancellation()));
        write("unet/model.safetensors", "weights");
        assertFails(
                ErrorCode.MODEL_FILE_CORRUPT,
                () -> publisher.store(upload(content), Optional.of(ModelKey.generate()), new Cancellation()));
    }

    @Test
    void aStoppedUploadEnds() {
        Cancellation stopped = new Cancellation();
        stopped.cancel();
        assertFails(ErrorCode.CANCELLED, () -> publisher().store(upload(content), Optional.empty(), stopped));
    }

    @Test
    void marketplacesGetTheMetadataTheyExpect() throws Exception {
        Path preview = Files.write(folder.resolve("preview.png"), PNG);
        StyleModel model = publish(creator, upload(content, preview), Optional.empty());

        Map<String, Object> json = JSON.std.mapFrom(TokenMetadata.of(model, INFO));

        assertThat(json).containsOnlyKeys("name", "description", "image", "attributes");
        assertThat(json)
                .containsEntry("name", "gloss")
                .containsEntry("description", "A \"glossy\" look\nof two lines")
                .containsEntry("image", "ipfs://" + model.manifest().previews().getFirst());
        assertThat((List<?>) json.get("attributes"))
                .isEqualTo(List.of(
                        trait("Kind", "checkpoint"),
                        trait("Base model", "stable-diffusion-1"),
                        trait("Trigger word", "gloss"),
                        trait("Trigger word", "shiny"),
                        trait("Licence", "CC-BY-4.0"),
                        trait("Royalty per megapixel-step", "1.5 DREAM"),
                        trait("Access", "open")));
    }

    @Test
    void aModelWithoutPreviewHasNoImage() throws Exception {
        StyleModel model = publish(creator, upload(content), Optional.of(ModelKey.generate()));
        Map<String, Object> json = JSON.std.mapFrom(TokenMetadata.of(model, INFO));
        assertThat(json).doesNotContainKey("image");
        assertThat(json.get("attributes")).asString().contains("licensed workers");
    }

    private static Map<String, Object> trait(String type, String value) {
        return Map.of("trait_type", type, "value", value);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        DreamException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
