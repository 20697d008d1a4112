package io.dreamprotocol.chain.embedded;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.channel.Channel;
import io.dreamprotocol.core.channel.Epoch;
import io.dreamprotocol.core.channel.EpochClaim;
import io.dreamprotocol.core.encoding.DagCbor;
import io.dreamprotocol.core.encoding.Fields;
import io.dreamprotocol.core.ledger.Job;
import io.dreamprotocol.core.ledger.WorkerRecord;
import io.dreamprotocol.core.money.Balance;
import io.dreamprotocol.core.round.Pledge;
import io.dreamprotocol.core.round.Round;
import io.dreamprotocol.core.rules.OperatorApproval;
import io.dreamprotocol.core.style.Licence;
import io.dreamprotocol.core.style.PoolClaim;
import io.dreamprotocol.core.style.StyleModel;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;

/** The stored form of what a write returned, to be returned again when the write is sent again. */
record ResultForm<T>(Function<T, byte[]> encoder, Decoder<T> decoder) {
    static final ResultForm<Job> JOB = of(JobForm::encode, JobForm::decode);
    static final ResultForm<WorkerRecord> WORKER = of(WorkerForm::encode, WorkerForm::decode);
    static final ResultForm<StyleModel> STYLE = new ResultForm<>(
            StyleForm::encode, (tables, bytes) -> tables.styles().decode(bytes));
    static final ResultForm<OperatorApproval> APPROVAL = of(ResultForm::encode, ResultForm::approval);
    static final ResultForm<Licence> LICENCE = of(LicenceForm::encode, LicenceForm::decode);
    static final ResultForm<PoolClaim> POOL_CLAIM = of(LicenceForm::encode, LicenceForm::decodeClaim);
    static final ResultForm<Channel> CHANNEL = of(ChannelForm::encode, ChannelForm::decode);
    static final ResultForm<Epoch> EPOCH = of(ChannelForm::encode, ChannelForm::decodeEpoch);
    static final ResultForm<EpochClaim> EPOCH_CLAIM = of(ChannelForm::encode, ChannelForm::decodeClaim);
    static final ResultForm<Round> ROUND = of(RoundForm::encode, RoundForm::decode);
    static final ResultForm<Pledge> PLEDGE = of(RoundForm::encode, RoundForm::decodePledge);
    static final ResultForm<Balance> BALANCE = of(ResultForm::encode, ResultForm::balance);

    /** Reads a form, with the tables at hand for what it leaves out because it never changes. */
    interface Decoder<T> {
        T decode(Tables tables, byte[] bytes) throws SQLException;
    }

    private static <T> ResultForm<T> of(Function<T, byte[]> encoder, Function<byte[], T> decoder) {
        return new ResultForm<>(encoder, (tables, bytes) -> decoder.apply(bytes));
    }

    private static byte[] encode(Balance balance) {
        return DagCbor.encode(Map.of(
                "available", balance.available().toString(),
                "escrowed", balance.escrowed().toString()));
    }

    private static Balance balance(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "balance");
        return new Balance(Stored.amount(fields, "available"), Stored.amount(fields, "escrowed"));
    }

    private static byte[] encode(OperatorApproval approval) {
        return DagCbor.encode(Map.of(
                "owner", approval.owner().value(),
                "operator", approval.operator().value(),
                "approved", approval.approved()));
    }

    private static OperatorApproval approval(byte[] encoded) {
        Fields fields = Fields.decode(encoded, "approval");
        return new OperatorApproval(
                new AccountId(fields.text("owner")), new AccountId(fields.text("operator")), fields.flag("approved"));
    }
}
