import Journal
import Testing

@testable import JournalSQLite
@testable import tollgate

/// What the commands of a journal say of its damage, and of what stopped them.
@Suite struct JournalFaultTextTests {
    private func report(_ faults: [JournalFault]) -> CheckReport {
        var report = CheckReport()
        (report.chunks, report.events, report.files) = (3, 41, 2)
        for fault in faults { report.add(fault) }
        return report
    }

    @Test func `says what was read where nothing is damaged`() {
        #expect(
            FaultText.text(report([])) == "41 events in 3 chunks and 2 files of indexes were read; nothing is damaged"
        )
    }

    @Test func `names what is damaged, then each remedy once`() {
        let faults = [
            JournalFault(.file("index/1-20.run"), "the checksum does not match"),
            JournalFault(.index("events_by_time"), "a row is missing"),
            JournalFault(.chunk(first: 3, last: 7), "the checksum does not match"),
            JournalFault(.database, "a page is unreadable"),
        ]
        #expect(
            FaultText.text(report(faults)) == """
                41 events in 3 chunks and 2 files of indexes were read; 4 damaged:
                  index/1-20.run: the checksum does not match
                  index events_by_time of journal.sqlite: a row is missing
                  chunk 3-7: the checksum does not match
                  journal.sqlite: a page is unreadable
                Stop the gateway and run `tollgate journal repair`: indexes are rebuilt from the journal.
                Chunks and pages of the database are only in a backup: `tollgate journal repair --from BACKUP` takes chunks from it.
                """
        )
        let lines = FaultText.text(report([faults[2]])).split(separator: "\n")
        #expect(lines.count == 3 && lines[2].hasPrefix("Chunks and pages"))
    }

    @Test func `counts the damage that is not named`() {
        let fault = JournalFault(.chunk(first: 1, last: 2), "r")
        let text = FaultText.text(report(Array(repeating: fault, count: CheckReport.mostFaults + 3)))
        #expect(text.contains("; 10003 damaged:") && text.contains("\nand 3 more\n"))
    }

    @Test func `writes damage for programs`() {
        let fault = JournalFault(.chunk(first: 3, last: 7), "the checksum does not match")
        #expect(
            String(decoding: report([fault]).json, as: UTF8.self)
                == #"{"well":false,"chunks":3,"events":41,"index_files":2,"#
                + #""damaged":[{"location":"chunk 3-7","reason":"the checksum does not match","remedy":"backup"}],"#
                + #""damaged_more":0}"#
        )
        #expect(
            String(decoding: report([]).json, as: UTF8.self)
                == #"{"well":true,"chunks":3,"events":41,"index_files":2,"damaged":[],"damaged_more":0}"#
        )
    }

    @Test(arguments: [
        (
            StoreError.newerFormat(path: "p", found: 9, known: 7),
            "here: the journal has format 9 of a newer version of Tollgate, and this one knows formats up to 7; use that version"
        ),
        (.unusable(path: "p", reason: "no permission"), "here: no permission"), (.failed(reason: "r"), "here: r"),
        (.unreachable(reason: "r", retryAfter: .seconds(1)), "here: r"),
        (
            .folderInUse(path: "/data", process: 42),
            "the data folder /data is in use by process 42; stop that gateway first"
        ),
        (
            .folderInUse(path: "/data", process: nil),
            "the data folder /data is in use by another process; stop that gateway first"
        ),
        (.full(retryAfter: .seconds(1)), "here: the disk is full"),
        (.busy(retryAfter: .seconds(1)), "here: the store is busy; run the command again"),
        (.unfinishedRead, "here: the store is busy; run the command again"),
        (.leaseLost, "here: the store is busy; run the command again"),
        (.closed, "here: the store is busy; run the command again"),
    ])
    func `says what stopped a command, and what to do`(error: StoreError, message: String) {
        #expect(StoreText.message(error, at: "here") == message)
        #expect(BackupText.message(.journal(error), at: "here") == message)
    }

    @Test(arguments: [
        (
            BackupFault.targetFull(path: "/b"),
            "the disk of /b is full; free some space and run the command again: it continues"
        ),
        (.target(path: "/b", reason: "no permission"), "/b cannot be used: no permission"),
        (.otherJournal(path: "/b"), "/b has a backup of another journal; use another folder"),
        (
            .otherHistory(path: "/b"),
            "/b has events that the journal never had, as after restoring an older backup; use another folder"
        ),
        (
            .unfinished(path: "/b"),
            "/b has no complete backup: there is no file manifest.json; run `tollgate journal backup` again, which continues"
        ),
        (
            .damaged(path: "/b", file: "keys.json"),
            "/b is damaged: keys.json is not what the backup wrote (see the checksum in manifest.json); use another backup"
        ),
        (
            .notEmpty(path: "/b"),
            "/b is not empty; restore into an empty folder, and keep the old one until the restored gateway runs"
        ),
    ])
    func `says what stopped a backup or its restoration, and what to do`(fault: BackupFault, message: String) {
        #expect(BackupText.message(fault, at: "/data") == message)
    }
}
