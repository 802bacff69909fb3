import ArgumentParser
import Journal
import JournalPostgres

/// `tollgate journal`: the journal, seen by an operator.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal",
        abstract: "Show, check, back up and restore the journal; prepare one in PostgreSQL, or move it there.",
        discussion: "These commands read the data folder or the database themselves and need no running gateway.",
        subcommands: [
            JournalStatusCommand.self, CheckJournalCommand.self, RepairJournalCommand.self, BackupJournalCommand.self,
            RestoreJournalCommand.self, ExportJournalCommand.self, JournalSchemaCommand.self, MoveJournalCommand.self,
        ]
    )
}

/// `tollgate journal schema`: the SQL that makes the tables.
struct JournalSchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the SQL that makes or upgrades the tables of a journal.",
        discussion: """
            By default the first gateway makes the tables, and the first one of a newer version upgrades them. Use this if its role may \
            not do so. With --store, print only what the database lacks. Nothing is changed.
            """
    )

    @OptionGroup var store: StoreOptions

    mutating func run() async throws {
        let script: SchemaScript
        if try store.shared == nil {
            script = SchemaScript(making: store.storeSchema ?? PostgresStoreSettings.usualSchema)
        } else {
            script = try await store.run { (settings) throws(StoreError) in
                try await PostgresOperations(settings).schemaScript()
            }
        }
        // The line end of the last line is added by `data`.
        Terminal.data(String(script.text.dropLast()))
    }
}
