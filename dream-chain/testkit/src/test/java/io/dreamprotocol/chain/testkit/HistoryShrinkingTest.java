package io.dreamprotocol.chain.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dreamprotocol.core.channel.ChannelId;
import io.dreamprotocol.core.ledger.Ledger;
import io.dreamprotocol.core.ledger.LedgerInfo;
import io.dreamprotocol.core.ledger.PaymentChannels;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The random histories of a ledger with a defect: they find it, and tell of it in a few steps. */
class HistoryShrinkingTest {
    @Test
    void aDefectIsFoundAndItsHistoryShortened(@TempDir Path folder) {
        LedgerContract contract = new ForgetfulLedgers();
        contract.openLedger(folder);
        AssertionError error = catchThrowableOfType(AssertionError.class, contract::randomHistoriesEndAsTheRulesSay);
        contract.closeLedgers();

        assertThat(error).isNotNull();
        String message = Objects.requireNonNull(error.getMessage());
        assertThat(message).contains("Raise[");
        assertThat(message.split("\nafter\n", 2)[1].lines().count()).isLessThan(8);
    }

    /** Ledgers that say that a channel's deposit was raised and do not do it. */
    private static final class ForgetfulLedgers extends LedgerContract {
        @Override
        protected Ledger open(Path folder, InstantSource clock, LedgerSettings settings) {
            LedgerInfo info = new LedgerInfo(
                    "forgetful:" + folder.getFileName(),
                    "DREAM",
                    6,
                    Duration.ofMinutes(10),
                    settings.protocolParts(),
                    settings.minimumStake());
            LedgerModel model = new LedgerModel(clock, info);
            PaymentChannels channels = (PaymentChannels) Proxy.newProxyInstance(
                    PaymentChannels.class.getClassLoader(),
                    new Class<?>[] {PaymentChannels.class},
                    (proxy, method, arguments) -> method.getName().equals("raise")
                            ? model.channels().find((ChannelId) arguments[1]).orElseThrow()
                            : call(method, model.channels(), arguments));
            return (Ledger) Proxy.newProxyInstance(
                    Ledger.class.getClassLoader(),
                    new Class<?>[] {Ledger.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("channels") ? channels : call(method, model, arguments));
        }

        private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
            try {
                return method.invoke(target, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        }

        @Override
        protected Map<LedgerCapability, String> declined() {
            return Map.of(LedgerCapability.REOPENS, "It is in memory only");
        }
    }
}
