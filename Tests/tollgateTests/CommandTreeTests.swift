import ArgumentParser
import Testing

@testable import tollgate

/// All commands, with the least that each needs.
@Suite struct CommandTreeTests {
    /// The commands with what they need, and the type that runs.
    private static var commands: [(line: String, type: any ParsableCommand.Type)] {
        [
            ("serve", ServeCommand.self), ("check", CheckCommand.self), ("health", HealthCommand.self),
            ("doctor", DoctorCommand.self), ("sandbox", SandboxCommand.self), ("send f", SendCommand.self),
            ("import f --format csv", ImportCommand.self), ("events list", ListEventsCommand.self),
            ("events show e", ShowEventCommand.self), ("events names", ListNamesCommand.self),
            ("events preview", PreviewCommand.self), ("events estimate", EstimateCommand.self),
            ("events void e --reason r", VoidCommand.self),
            ("events adjust e --reason r --properties {}", AdjustCommand.self),
            ("deliveries list", ListDeliveriesCommand.self), ("deliveries groups", DeliveryGroupsCommand.self),
            ("deliveries show e", ShowDeliveriesCommand.self), ("deliveries retry", RetryDeliveriesCommand.self),
            ("deliveries discard", DiscardDeliveriesCommand.self), ("deliveries actions", ListActionsCommand.self),
            ("backfill start m --since 1d", StartBackfillCommand.self), ("backfill list", ListBackfillsCommand.self),
            ("backfill show 1", ShowBackfillCommand.self), ("backfill pause 1", PauseBackfillCommand.self),
            ("backfill resume 1", ResumeBackfillCommand.self), ("backfill rate 1 5", RateBackfillCommand.self),
            ("backfill cancel 1", CancelBackfillCommand.self), ("migrate status", MigrationStatusCommand.self),
            ("migrate check m", CheckMigrationCommand.self), ("migrate plan m", PlanMigrationCommand.self),
            ("migrate start m", StartMigrationCommand.self), ("migrate stage m mirror", StageMigrationCommand.self),
            ("migrate ramp m --share 5", RampMigrationCommand.self), ("migrate cut m --at t", CutMigrationCommand.self),
            ("migrate hold m", HoldMigrationCommand.self), ("migrate resume m", ResumeMigrationCommand.self),
            ("migrate return m", ReturnMigrationCommand.self), ("migrate close m", CloseMigrationCommand.self),
            ("migrate anchors load m f", LoadAnchorsCommand.self), ("migrate metrics m", MigrationMetricsCommand.self),
            ("migrate write m", WriteMigrationCommand.self),
            ("parity run --from a --until b --providers p", RunParityCommand.self),
            ("parity list", ListParityCommand.self),
            ("parity show 1", ShowParityCommand.self), ("parity findings 1", ParityFindingsCommand.self),
            ("parity watch --providers p", WatchParityCommand.self),
            ("parity resolve 1 --resend", ResolveParityCommand.self),
            ("metrics propose --providers p", ProposeMetricsCommand.self), ("plan f", MakePlanCommand.self),
            ("plan make f", MakePlanCommand.self), ("plan show p", ShowPlanCommand.self),
            ("providers", ListProvidersCommand.self), ("providers list", ListProvidersCommand.self),
            ("providers watched", WatchedProvidersCommand.self),
            ("providers hold p --for 1h", HoldProviderCommand.self),
            ("providers resume p", ResumeProviderCommand.self), ("keys create c", KeysCreateCommand.self),
            ("keys list", KeysListCommand.self), ("keys rotate c", KeysRotateCommand.self),
            ("keys revoke k", KeysRevokeCommand.self), ("keys import c", KeysImportCommand.self),
            ("keys digest", KeysDigestCommand.self), ("journal status", JournalStatusCommand.self),
            ("journal check", CheckJournalCommand.self), ("journal repair", RepairJournalCommand.self),
            ("journal backup t", BackupJournalCommand.self), ("journal restore t", RestoreJournalCommand.self),
            ("journal export", ExportJournalCommand.self), ("journal schema", JournalSchemaCommand.self),
            ("journal move --from d", MoveJournalCommand.self), ("nodes", ListNodesCommand.self),
            ("nodes list", ListNodesCommand.self), ("nodes drain n", DrainNodeCommand.self),
            ("notifications test", TestNotificationsCommand.self), ("log", LogCommand.self),
            ("schema", SchemaCommand.self), ("routes explain", ExplainRoutesCommand.self),
            ("reference", ReferenceCommand.self),
        ]
    }

    private static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    /// The commands at the ends of the tree.
    private static func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let below = command.configuration.subcommands
        return below.isEmpty ? [command] : below.flatMap(leaves)
    }

    @Test(arguments: commands.map(\.line))
    func `runs with what it needs`(line: String) throws {
        let expected = try #require(Self.commands.first { $0.line == line }).type
        let parsed = try Tollgate.parseAsRoot(Self.words(line))
        #expect(ObjectIdentifier(type(of: parsed)) == ObjectIdentifier(expected))
    }

    @Test func `has an entry here for every command`() {
        let known = Set(Self.commands.map { ObjectIdentifier($0.type) })
        for leaf in Self.leaves(Tollgate.self) { #expect(known.contains(ObjectIdentifier(leaf)), "\(leaf)") }
    }

    @Test(arguments: commands.map(\.line))
    func `refuses an option that it does not know, with usage as the exit code`(line: String) {
        for more in ["--no-such-option", "--no-such-option=x", "-Z"] {
            do {
                _ = try Tollgate.parseAsRoot(Self.words(line) + [more])
                Issue.record("\(line) \(more) was accepted")
            } catch {
                #expect(Tollgate.exitCode(for: error) == .validationFailure)
            }
        }
    }

    /// The last argument or option of each line that needs one.
    @Test(arguments: commands.map(\.line).filter { $0.contains(" ") })
    func `refuses to run without what it needs`(line: String) {
        let words = Self.words(line)
        // What remains of some lines is another command, or a group that shows its help.
        guard let last = words.last, !Self.names.contains(last), words.count > 1, line != "plan f" else { return }
        let fewer = words.dropLast(words.count > 2 && words[words.count - 2].hasPrefix("--") ? 2 : 1)
        do {
            _ = try Tollgate.parseAsRoot(Array(fewer))
            Issue.record("\(fewer.joined(separator: " ")) was accepted")
        } catch {
            #expect(Tollgate.exitCode(for: error) != .success)
        }
    }

    private static let names = Set(leaves(Tollgate.self).compactMap { $0.configuration.commandName })

    @Test func `has a name and an abstract for each command, and no name twice in a group`() {
        func check(_ command: any ParsableCommand.Type) {
            let below = command.configuration.subcommands
            let names = below.compactMap { $0.configuration.commandName }
            #expect(names.count == below.count && Set(names).count == names.count, "\(command)")
            #expect(!command.configuration.abstract.isEmpty, "\(command)")
            #expect(command.configuration.abstract.last == ".", "\(command)")
            below.forEach(check)
        }
        check(Tollgate.self)
    }

    @Test(arguments: ["", "no-such-command", "event list", "events lst", "migrate anchors save m f"])
    func `knows no other command`(line: String) {
        let words = Self.words(line)
        do {
            let command = try Tollgate.parseAsRoot(words)
            // Without a command there is nothing but help.
            #expect(words.isEmpty, "\(command)")
        } catch {
            #expect(Tollgate.exitCode(for: error) != .success)
        }
    }
}
