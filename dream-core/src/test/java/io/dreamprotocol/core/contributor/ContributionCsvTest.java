package io.dreamprotocol.core.contributor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dreamprotocol.core.account.AccountId;
import io.dreamprotocol.core.error.ErrorCode;
import io.dreamprotocol.core.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContributionCsvTest {
    private static InputStream utf8(String csv) {
        return new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Long> read(String csv) throws IOException {
        ContributionList list = ContributionCsv.read(utf8(csv));
        Map<String, Long> weights = new TreeMap<>();
        for (int i = 0; i < list.size(); i++) {
            weights.put(list.get(i).account().value(), list.get(i).weight());
        }
        return weights;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evm:a1,3\nevm:b2,4\n",
                "account,weight\nevm:a1,3\nevm:b2,4",
                "Weight,Account\r\n3,evm:a1\r\n4,evm:b2\r\n",
                "\uFEFFaccount,weight\n\"evm:a1\",\"3\"\n\n\nevm:b2 , 4\n",
                "evm:a1,1\nevm:b2,4\nevm:a1,2\n",
                "x.png,evm:a1,3\ny.png,evm:b2,4\n",
                "image,account\n1.png,evm:a1\n2.png,evm:a1\n3.png,evm:a1\n4.png,evm:b2\n5,evm:b2\n6,evm:b2\n7,evm:b2",
                "\"a \"\"quoted\"\", name\nof two lines.png\",evm:a1,3\ry.png,evm:b2,4\r",
                "account,image,weight\nevm:a1,x.png,003\nevm:b2,y.png,4\n",
            })
    void everyFormOfAFileIsRead(String csv) throws Exception {
        assertThat(read(csv)).isEqualTo(Map.of("evm:a1", 3L, "evm:b2", 4L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "account,weight;evm:a1,0|Line 2: '0' is no weight",
                "account,weight;evm:a1,1;evm:b2,-1|Line 3: '-1' is no weight",
                "evm:a1,1.5|Line 1: '1.5' is no weight",
                "evm:a1,1;evm:a1,|Line 2: '' is no weight",
                "evm:a1,9223372036854775808|Line 1: the weight 9223372036854775808 is larger than",
                "evm:a1,99999999999999999999|Line 1: '99999999999999999999' is no weight",
                "evm:a1,9223372036854775807;evm:a1,1|Line 2: The weights add up to more",
                "evm:a1,1;bob,2|Line 2: 'bob' is no account",
                "ed25519:abc,1|Line 1: 'ed25519:abc' is no account",
                "evm:a1,1;evm:b2|Line 2: it has 1 fields, and the first row has 2",
                "evm:a1,1;evm:b2,2,3|Line 2: it has 3 fields",
                "evm:a1|Line 1: the columns are",
                "account|Line 1: the columns are",
                "account,weight,colour;evm:a1,1,red|Line 1: the columns are",
                "account,account;evm:a1,evm:a1|Line 1: the columns are",
                "evm:a1,1;\"evm:b2,2|Line 2: a quote is opened and not closed",
                "evm:a1,1;\"evm:b2\"x,2|Line 2: text follows a closing quote",
                "evm:a1,1;ev\"m:b2,2|Line 2: a quote within a field",
                "account,weight|There is no contributor",
            })
    void whatIsWrongIsNamedWithItsLine(String csv, String message) {
        assertThatThrownBy(() -> read(csv.replace(';', '\n')))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONTRIBUTIONS))
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void linesWithinQuotesAreCounted() {
        assertThatThrownBy(() -> read("\"a\nb\nc.png\",evm:a1,3\nd.png,evm:a1,x\n"))
                .hasMessageStartingWith("Line 4: 'x' is no weight");
    }

    @Test
    void otherBytesThanUtf8AreRefused() {
        byte[] latin = "evm:a1,1\nevm:\u00e4,1\n".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ContributionCsv.read(new ByteArrayInputStream(latin)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aRowWithoutEndIsRefused() {
        assertThatThrownBy(() -> read("evm:a1,1\n\"" + "x".repeat(CsvReader.MAX_ROW)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("Line 2: a row has more than 65536 characters");
    }

    @Test
    void anEmptyFileHasNoContributor() {
        assertThatThrownBy(() -> read("")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void anEd25519AccountIsReadWhole() throws Exception {
        AccountId account = new AccountId("ed25519:" + "0a".repeat(32));
        assertThat(read(account + ",2")).containsOnlyKeys(account.value());
        assertThatThrownBy(() -> read(account.value().replace('a', 'A') + ",2")).hasMessageContaining("small letters");
    }
}
