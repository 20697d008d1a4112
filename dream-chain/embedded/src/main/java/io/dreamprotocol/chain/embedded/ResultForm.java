package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.money.Amount;
import io.dreamprotocol.core.money.Balance;
import java.math.BigInteger;
import java.util.Map;
import java.util.function.Function;

/** The stored form of what a write returned, to be returned again when the write is sent again. */
record ResultForm<T>(Function<T, byte[]> encoder, Function<byte[], T> decoder) {
    static final ResultForm<Job> JOB = new ResultForm<>(JobForm::encode, JobForm::decode);

    static final ResultForm<Balance> BALANCE = new ResultForm<>(ResultForm::encode, ResultForm::decode);

    private static byte[] encode(Balance balance) {
        return DagCbor.encode(Map.of(
                "available", balance.available().toString(),
                "escrowed", balance.escrowed().toString()));
    }

    private static Balance decode(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "balance");
        return new Balance(
                new Amount(new BigInteger(fields.text("available"))),
                new Amount(new BigInteger(fields.text("escrowed"))));
    }
}
