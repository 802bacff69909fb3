import Journal

/// The SQL that makes or changes the tables, for people who do not let programs do that.
package struct SchemaScript: Sendable, Equatable {
    /// Ends with a line end.
    package let text: String

    /// All tables of a new journal.
    package init(making schema: String) {
        self.init(making: schema, format: JournalMeta.format)
    }

    init(making schema: String, format: Int) {
        let name = ConnectionSettings.quoted(schema)
        text = """
            -- The tables of a Tollgate journal, format \(format). Run this as the role with which the gateways connect:
            -- they add a table for each day, and only the owner of the others can. The first gateway adds the first rows.
            -- If that role may not create schemas, let another one make an empty schema for it first:
            -- CREATE SCHEMA \(name) AUTHORIZATION its_name;
            BEGIN;
            DO $$BEGIN
                -- Whoever may not create schemas may not ask for one that exists either.
                IF to_regnamespace('\(name.replacing("'", with: "''"))') IS NULL THEN CREATE SCHEMA \(name); END IF;
            END$$;
            SET LOCAL search_path = \(name);

            \(Schema.statements.map { $0 + ";" }.joined(separator: "\n\n"))

            COMMIT;

            """
    }

    /// What tables of an older format lack.
    init(expanding schema: String, from format: Int, history: SchemaHistory) {
        let name = ConnectionSettings.quoted(schema)
        let statements = history.changes(after: format).flatMap(\.expand).map { statement in
            let text = statement.text + ";"
            return statement.waitsAside ? "SET lock_timeout = 0;\n\(text)\nSET lock_timeout = '2s';" : text
        }
        text = """
            -- Brings the tables of a Tollgate journal from format \(format) to format \(history.format). Gateways of the version
            -- before can continue. Each statement is a transaction of its own and can be repeated.
            SET search_path = \(name);
            SET lock_timeout = '2s';

            \(statements.joined(separator: "\n\n"))

            UPDATE meta SET value = '\(history.format)' WHERE name = '\(JournalMeta.Name.format)';

            """
    }

    /// There is nothing to do.
    init(upToDate schema: String, format: Int) {
        text =
            "-- The tables in the schema \(ConnectionSettings.quoted(schema)) have format \(format): nothing to do.\n"
    }
}
