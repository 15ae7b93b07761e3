// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Properties;

/** Prints the values of a properties file, base64 of UTF-8 each, by the numbers that are their names. */
public class ReadBack {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (FileInputStream file = new FileInputStream(arguments[0])) {
            properties.load(file);
        }
        for (int number = 0; number < properties.size(); number++) {
            String value = properties.getProperty(Integer.toString(number));
            System.out.println(Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
