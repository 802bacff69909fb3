import ArgumentParser
import Events
import Foundation
import Gateway
import JournalPostgres
import Testing

@testable import tollgate

@Suite struct JournalCommandTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1_234_567, "1.2 MB"), (2_999_999_999, "2.9 GB"),
        (Int.max, "9223.3 PB"),
    ])
    func `writes sizes in a readable unit`(bytes: Int, text: String) {
        #expect(ByteText.text(bytes) == text)
    }

    @Test(arguments: [
        (MoveProgress.Phase.events, "moving events"), (.outcomes, "moving outcomes"),
        (.deliveries, "moving deliveries"), (.comparing, "comparing chunks"),
    ])
    func `writes the progress of a move as text`(phase: MoveProgress.Phase, text: String) {
        let progress = MoveProgress(phase: phase, done: 30, total: 120)
        #expect(MoveProgressBar.text(progress) == "\(text): 30 of 120")
        #expect(progress.part == 0.25)
        #expect(MoveProgress(phase: .events, done: 0, total: 0).part == 1)
    }

    @Test func `shows a digest of routes in short`() {
        #expect(NodeText.digest([0x0A, 0xFF, 1, 2, 3, 4, 5, 6]) == "0aff01020304")
        #expect(NodeText.digest([]) == "-")
    }

    @Test func `takes the address of a store without a password only`() throws {
        let options = try StoreOptions.parse(["--store", "postgresql://gateway@db/billing", "--store-prepare", "off"])
        let settings = try options.database().store
        #expect(settings.address == Secret("postgresql://gateway@db/billing"))
        #expect(!settings.prepares && settings.schema == "tollgate")
        for address in ["postgresql://u:secret@db/billing", "postgresql://db/billing?password=secret"] {
            do {
                _ = try StoreOptions.parse(["--store", address])
                Issue.record("\(address) was accepted")
            } catch {
                let message = StoreOptions.message(for: error)
                #expect(message.contains("--store-password-file") && !message.contains("secret"))
            }
        }
        #expect(throws: (any Error).self) { try StoreOptions.parse(["--store", "mysql://db/billing"]) }
        #expect(throws: (any Error).self) { try StoreOptions.parse(["--store-prepare", "perhaps"]) }
    }

    @Test func `reads the password from the first line of a file`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "password-\(UUID().uuidString)")
        try Data("hunter2\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let arguments = ["--store", "postgresql://db/billing", "--store-password-file", file.path]
        let settings = try StoreOptions.parse(arguments).database().store
        #expect(settings.password == Secret("hunter2"))
        #expect(!"\(settings)".contains("hunter2"))
        try Data().write(to: file)
        #expect(throws: ValidationError.self) { try StoreOptions.parse(arguments).database() }
    }

    @Test func `takes the target of a move once`() throws {
        let move = try #require(
            try Tollgate.parseAsRoot(["journal", "move", "--from", "./data", "--to", "postgresql://db/billing"])
                as? MoveJournalCommand
        )
        #expect(try move.store.database().store.address == Secret("postgresql://db/billing"))
        #expect(throws: (any Error).self) {
            try Tollgate.parseAsRoot([
                "journal", "move", "--from", "./data", "--to", "postgresql://db/billing", "--store",
                "postgresql://other/x",
            ])
        }
    }
}
