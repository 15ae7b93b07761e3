// SPDX-License-Identifier: GPL-3.0-or-later
import java.io.FileInputStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Properties;

/** Connects with a properties file, as a program does, and prints what the server saw. Arguments: URL, file, sslpassword if any. */
public class Connect {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        try (FileInputStream file = new FileInputStream(arguments[1])) {
            properties.load(file);
        }
        properties.setProperty("user", "dbadmin");
        if (arguments.length > 2) {
            properties.setProperty("sslpassword", arguments[2]);
        }
        String question = "select ssl, client_dn from pg_stat_ssl where pid = pg_backend_pid()";
        try (Connection connection = DriverManager.getConnection(arguments[0], properties);
                ResultSet answer = connection.createStatement().executeQuery(question)) {
            answer.next();
            System.out.println(answer.getString(1) + "|" + answer.getString(2));
        }
    }
}
