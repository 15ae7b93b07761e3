// Copyright (c) the gaussdb.dws_ssl contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Properties;

/**
 * Connects with pgjdbc as often as it is asked to. A request is one line of name=value with US (0x1f) between them: port and the
 * driver's properties. The answer is one line: "yes" or "no", whether the connection is encrypted, and the driver's words.
 */
public final class Connect {
    private static final String SEPARATOR = "\u001f";
    private static final String SEEN = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

    private Connect() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            System.out.println(answer(line).replaceAll("[\\r\\n]", " "));
            System.out.flush();
        }
    }

    private static String answer(String line) {
        Properties properties = new Properties();
        for (String part : line.split(SEPARATOR)) {
            int end = part.indexOf('=');
            properties.setProperty(part.substring(0, end), part.substring(end + 1));
        }
        String url = "jdbc:postgresql://127.0.0.1:" + properties.remove("port") + "/postgres";
        try (Connection connection = DriverManager.getConnection(url, properties);
             ResultSet rows = connection.createStatement().executeQuery(SEEN)) {
            rows.next();
            return String.join(SEPARATOR, "yes", rows.getBoolean(1) ? "yes" : "no", "");
        } catch (Exception error) {
            return String.join(SEPARATOR, "no", "no", words(error));
        }
    }

    private static String words(Throwable error) {
        StringBuilder words = new StringBuilder();
        for (Throwable one = error; one != null; one = one.getCause()) {
            words.append(words.length() == 0 ? "" : ": ").append(one.getMessage());
        }
        return words.toString();
    }
}
