import JSON
import TestSupport
import Testing

@testable import Vendors

/// UUIDs as the library reads them with which Polar's model is made, and what it says of those that are none.
@Suite struct PolarUUIDTests {
    private static let id = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
    private static let bare = "7f0c4c9e6a0e4a579d5b0d0f6a3a8d11"

    @Test(arguments: [
        id, id.uppercased(), bare, bare.uppercased(), "{\(id)}", "urn:uuid:\(id)",
        "7F0C4C9E-6a0e-4A57-9d5b-0D0F6A3A8D11",
    ])
    func `reads every spelling as one`(text: String) throws {
        #expect(try PolarUUID.read(text).get() == Self.id)
    }

    @Test(arguments: [
        ("", "invalid length: expected length 32 for simple format, found 0"),
        ("7f0c", "invalid length: expected length 32 for simple format, found 4"),
        (bare + "1", "invalid length: expected length 32 for simple format, found 33"),
        ("x", "invalid character: found `x` at 1"),
        ("7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d1g", "invalid character: found `g` at 36"),
        ("7f0c4c9e-6a0e-4a57-9d5b0d0f6a3a8d11", "invalid group count: expected 5, found 4"),
        ("7f0c4c9e-6a0e-4a57-9d5b-0d0f-6a3a8d11", "invalid group count: expected 5, found 6"),
        ("7f0c4c9-6a0e-4a57-9d5b-0d0f6a3a8d11", "invalid group length in group 0: expected 8, found 7"),
        ("7f0c4c9e-6a0-4a57-9d5b-0d0f6a3a8d11", "invalid group length in group 1: expected 4, found 3"),
        ("7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d1", "invalid group length in group 4: expected 12, found 11"),
        ("7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d111", "invalid group length in group 4: expected 12, found 13"),
    ])
    func `explains what is wrong`(text: String, reason: String) {
        #expect(throws: PolarValidationError.parsing("uuid_parsing", "Input should be a valid UUID", reason)) {
            try PolarUUID.read(text).get()
        }
    }

    /// Version 4 alone, with the variant of RFC 9562.
    @Test(arguments: [
        "7f0c4c9e-6a0e-1a57-9d5b-0d0f6a3a8d11", "7f0c4c9e-6a0e-7a57-9d5b-0d0f6a3a8d11",
        "7f0c4c9e-6a0e-4a57-0d5b-0d0f6a3a8d11",
        "7f0c4c9e-6a0e-4a57-cd5b-0d0f6a3a8d11", "00000000-0000-0000-0000-000000000000",
    ])
    func `refuses other versions`(text: String) {
        let error = #expect(throws: PolarValidationError.self) { try PolarUUID.read(text).get() }
        #expect(error?.type == "uuid_version" && error?.message == "UUID version 4 expected")
        #expect(error?.context == #"{"expected_version":4}"#)
        #expect(!PolarUUID.isPlain(text))
    }

    @Test(arguments: [
        (id, true), (id.uppercased(), true), (bare, false), ("{\(id)}", false), ("urn:uuid:\(id)", false),
    ])
    func `knows the form that Polar writes`(text: String, isPlain: Bool) {
        #expect(PolarUUID.isPlain(text) == isPlain)
    }

    @Test func `any text is read or explained`() {
        var random = SeededRandom()
        let parts = ["0", "f", "-", "{", "}", "urn:uuid:", "é", "4", "\u{0}", "👩‍👩‍👧‍👦", "Z", Self.bare, Self.id]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                parts.randomElement(using: &random) ?? ""
            }.joined()
            switch PolarUUID.read(text) {
            case .success(let id): #expect(PolarUUID.isPlain(id), "\(text)")
            case .failure(let error): #expect(["uuid_parsing", "uuid_version"].contains(error.type), "\(text)")
            }
        }
    }
}
