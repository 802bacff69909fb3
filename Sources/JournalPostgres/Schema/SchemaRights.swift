/// What the role of a connection may do where the journal's tables are, or will be.
struct SchemaRights: Sendable, Equatable {
    var role: String
    var database: String
    var schema: String
    /// Whether the schema exists.
    var exists = true
    var mayCreateSchemas = true
    var mayUse = true
    var mayCreateTables = true
    /// One of the schema's tables that belongs to another role; nil if none does.
    var foreignTable: String?
    /// As the session has it.
    var searchPath: String

    /// What the role lacks, in one sentence that says how to fix it; nil if it lacks nothing.
    /// - Parameter setsSearchPath: whether sessions set it themselves.
    func refusal(setsSearchPath: Bool) -> String? {
        let (quotedRole, quotedSchema) = (ConnectionSettings.quoted(role), ConnectionSettings.quoted(schema))
        let quotedDatabase = ConnectionSettings.quoted(database)
        guard exists || mayCreateSchemas else {
            return """
                the role \(role) may not create the schema \(schema); run GRANT CREATE ON DATABASE \(quotedDatabase) TO \
                \(quotedRole), or make the tables with `tollgate journal schema`
                """
        }
        guard !exists || (mayUse && mayCreateTables) else {
            return """
                the role \(role) may not \(mayUse ? "create tables in" : "use") the schema \(schema); run GRANT USAGE, CREATE \
                ON SCHEMA \(quotedSchema) TO \(quotedRole)
                """
        }
        if let foreignTable {
            return """
                the table \(schema).\(foreignTable) belongs to another role, and only its owner can add a table for each day; \
                run ALTER TABLE … OWNER TO \(quotedRole) for all tables of the schema
                """
        }
        guard setsSearchPath || Self.first(of: searchPath) == schema else {
            return """
                without prepared statements, sessions keep the settings of their role, whose search_path does not begin with \
                \(schema); run ALTER ROLE \(quotedRole) IN DATABASE \(quotedDatabase) SET search_path = \(quotedSchema)
                """
        }
        return nil
    }

    /// The first name of a search path.
    private static func first(of path: String) -> String {
        var rest = path.drop { $0 == " " }
        guard rest.first == "\"" else { return String(rest.prefix { $0 != "," && $0 != " " }) }
        rest.removeFirst()
        var name = ""
        while let next = rest.popFirst() {
            if next == "\"" {
                // Two of them stand for one, and a single one is the end.
                guard rest.first == "\"" else { break }
                rest.removeFirst()
            }
            name.append(next)
        }
        return name
    }
}
