import Testing

@testable import Client

/// The content of a progress file, whoever has written it.
@Suite struct SendProgressTests {
    private func read(_ text: String) -> SendProgress? { SendProgress(Array(text.utf8), name: "usage.ndjson") }

    private static let good = #"{"journal":"j","tenant":"t","events":3,"digest":"d"}"#

    @Test(arguments: ["", "null", "[]", "7", #"{"source":7}"#, #"{"source":null,"sent":[]}"#, "{", "\u{0}", "{}{}"])
    func `is none without a source`(text: String) {
        #expect(read(text) == nil)
    }

    @Test func `is none of bytes that are no text`() {
        #expect(SendProgress([0xFF, 0xFE, 0x00], name: "f") == nil)
        #expect(SendProgress(Array(#"{"source":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), name: "f") == nil)
    }

    /// Whatever was lost is sent again; the IDs keep it from counting twice.
    @Test(arguments: [
        "{}", "null", "[]", "7", #"{"journal":"j","tenant":"t","events":3}"#,
        #"{"journal":"j","events":3,"digest":"d"}"#,
        #"{"tenant":"t","events":3,"digest":"d"}"#, #"{"journal":"j","tenant":"t","digest":"d"}"#,
        #"{"journal":"j","tenant":"t","events":-1,"digest":"d"}"#,
        #"{"journal":"j","tenant":"t","events":1.5,"digest":"d"}"#,
        #"{"journal":"j","tenant":"t","events":"3","digest":"d"}"#,
        #"{"journal":"j","tenant":"t","events":9223372036854775808,"digest":"d"}"#,
        #"{"journal":"j","tenant":"t","events":3,"digest":7}"#,
    ])
    func `leaves out a destination that is not whole, and keeps the others`(part: String) {
        let progress = read(#"{"source":"s","sent":[\#(part),\#(Self.good)]}"#)
        let destination = SendProgress.Destination(journal: "j", tenant: "t")
        #expect(
            progress
                == SendProgress(
                    source: "s",
                    file: nil,
                    sent: [SendProgress.Sent(destination: destination, events: 3, digest: "d")]
                )
        )
    }

    @Test(arguments: [
        (#""device":1,"inode":2"#, FileIdentity(device: 1, inode: 2)),
        (
            #""device":-9223372036854775808,"inode":9223372036854775807"#,
            FileIdentity(device: .min, inode: .max)
        ),
        (#""device":1"#, nil), (#""inode":2"#, nil), (#""device":"1","inode":2"#, nil),
        (#""device":1,"inode":2.5"#, nil),
    ])
    func `knows its file by both numbers, or not at all`(members: String, file: FileIdentity?) throws {
        let progress = try #require(read(#"{"source":"s",\#(members)}"#))
        #expect(progress.file == file && progress.sent == [])
        #expect(SendProgress(progress.json, name: "f") == progress)
    }

    @Test func `keeps the hundred destinations that were noted last`() {
        var progress = SendProgress(source: "s", file: nil)
        for number in 0..<150 {
            let destination = SendProgress.Destination(journal: "j\(number % 120)", tenant: "t")
            progress.note(SendProgress.Sent(destination: destination, events: number, digest: "d"))
        }
        // Journals 0 to 29 were noted a second time.
        let expected = Array(50..<120) + Array(120..<150)
        #expect(progress.sent.map(\.events) == expected)
        #expect(progress.sent(to: SendProgress.Destination(journal: "j30", tenant: "t")) == nil)
        #expect(progress.sent(to: SendProgress.Destination(journal: "j0", tenant: "t"))?.events == 120)
    }

    @Test func `keeps every text as it is`() {
        for text in ["", "\"}", "a\nb", "e\u{301}", "\u{0}", "\u{202E}😀", "\\"] {
            let destination = SendProgress.Destination(journal: text, tenant: text)
            let sent = SendProgress.Sent(destination: destination, events: .max, digest: text)
            let progress = SendProgress(source: text, file: nil, sent: [sent])
            #expect(SendProgress(progress.json, name: "f") == progress)
        }
    }
}
