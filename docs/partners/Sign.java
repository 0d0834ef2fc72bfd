// Signs a claim: java Sign.java <seed, 64 hexadecimal digits> <webhook-id> <webhook-timestamp> <body>   (Java 17)
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;

public class Sign {
    public static void main(String[] given) throws Exception {
        var spec = new EdECPrivateKeySpec(NamedParameterSpec.ED25519, HexFormat.of().parseHex(given[0]));
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
        signature.update((given[1] + "." + given[2] + "." + given[3]).getBytes(StandardCharsets.UTF_8));
        System.out.println("v1a," + Base64.getEncoder().encodeToString(signature.sign()));
    }
}
