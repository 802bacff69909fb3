import Testing

@testable import Vendors

/// What is kept of a vendor's own words: one short line without keys and addresses.
@Suite struct VendorMessageTests {
    @Test(arguments: [
        ("plain words", "plain words"), ("two\nlines\r\n\tand  gaps ", "two lines and gaps"),
        ("a\u{0}b\u{7}c\u{1B}[31m", "a b c [31m"), ("no\u{A0}break\u{2028}line", "no break line"), ("é ü 日本", "é ü 日本"),
    ])
    func `a message is one line`(text: String, line: String) {
        #expect(VendorMessage.quoted(text) == line)
    }

    @Test(arguments: ["", " ", "\n\t\r\n", "\u{0}\u{1}"])
    func `nothing stays nothing`(text: String) {
        #expect(VendorMessage.quoted(text) == nil)
        #expect(VendorMessage.quoted(body: Array(text.utf8)) == nil)
    }

    /// Keys are long and have a digit; addresses have an at sign.
    @Test(arguments: [
        ("polar_oat_0123456789abcdef", true), ("sk_0123456789abcdef01234", true),
        (String(repeating: "a", count: 19) + "1", true),
        (String(repeating: "a", count: 18) + "1", false), (String(repeating: "a", count: 60), false), ("x@y", true),
        ("@", true),
        ("7c9e6679-7425-40de-944b-e07fc1f90ae7", true), ("(key=\"polar_oat_0123456789abcdef\")", true),
        ("1234567890.1234567890.1234567890", false), ("value_is_mandatory", false), ("2026-03-01T12:00:00.250Z", false),
    ])
    func `a word that may be a key or an address is hidden`(word: String, isHidden: Bool) {
        let expected = "before \(isHidden ? "[redacted]" : word) after"
        #expect(VendorMessage.quoted("before \(word) after") == expected)
    }

    @Test func `a long message ends in an ellipsis within 500 bytes`() {
        let exact = String(repeating: "ab ", count: 166) + "cd"
        #expect(exact.utf8.count == 500 && VendorMessage.quoted(exact) == exact)
        let cut = VendorMessage.quoted(exact + "e") ?? ""
        #expect(cut.utf8.count == 500 && cut.hasSuffix("…"))
    }

    /// No character is cut in two, and none is more than one step of the way.
    @Test(arguments: ["é", "日", "👩‍👩‍👧‍👦", "e\u{301}"])
    func `a message is cut between characters`(character: String) {
        for padding in 0..<character.utf8.count {
            let text = String(repeating: "x", count: padding) + String(repeating: character, count: 600)
            let cut = VendorMessage.quoted(text) ?? ""
            let kept = cut.dropLast().dropFirst(padding)
            #expect(cut.utf8.count <= 500 && cut.utf8.count > 500 - character.utf8.count - 1)
            #expect(kept.utf8.elementsEqual(String(repeating: character, count: kept.count).utf8))
        }
    }

    @Test(arguments: [
        "<html>", " \r\n\t<!DOCTYPE html>", "\u{FEFF}<?xml version=\"1.0\"?>", "<", "<h1>502</h1>",
    ])
    func `a page for people is only named`(body: String) {
        #expect(VendorMessage.quoted(body: Array(body.utf8)) == "a page of HTML or XML")
    }

    @Test(arguments: ["{\"a\":\"<html>\"}", "x<html>", "&lt;", "[]"])
    func `other bodies are quoted`(body: String) {
        #expect(VendorMessage.quoted(body: Array(body.utf8)) == body)
        #expect(!VendorMessage.isMarkup(Array(body.utf8)))
    }

    @Test func `bytes that are no text are shown as such, and megabytes are not gone through`() {
        #expect(VendorMessage.quoted(body: [0x61, 0xFF, 0x62]) == "a\u{FFFD}b")
        let late = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 20) + Array("late".utf8)
        #expect(VendorMessage.quoted(body: late) == nil)
    }
}
