import Testing

@testable import Client

@Suite struct ValueBoundaryTests {
    private func verdict(_ text: String) -> ValueBoundary.Verdict {
        let bytes = Array(text.utf8)
        var boundary = ValueBoundary()
        return boundary.read(bytes, in: 0..<bytes.count)
    }

    @Test(arguments: [
        ("{}", 2), (#"{"a":1}x"#, 7), (#"{"a":[1,{"b":"}"}]} {"#, 19), (#""x\"y" "#, 6), ("12 ", 2), ("[] []", 2),
        ("true\n", 4),
    ])
    func `finds where a value ends`(text: String, end: Int) {
        #expect(verdict(text) == .complete(end: end))
    }

    @Test(arguments: ["{", #"{"a""#, #"{"a":"#, #"{"a":1"#, #"{"a":1,"#, "[", "[1", "[1,", #""abc"#, "12"])
    func `waits for more where a value may go on`(text: String) {
        #expect(verdict(text) == .unfinished)
    }

    @Test(arguments: [
        ("{1", 1), ("{{", 1), (#"{"a":1 {"#, 7), (#"{"a" 1"#, 5), ("{]", 1), ("[}", 1), ("[1 2", 3), ("[,", 1),
        ("\"a\n", 2),
        (#"{"a":1,}"#, 7), ("}", 0), (":", 0),
    ])
    func `tells the byte at which nothing can follow`(text: String, offset: Int) {
        #expect(verdict(text) == .broken(at: offset))
    }

    @Test func `gives the same verdict whatever the pieces`() {
        let texts = [#"{"a":[1,{"b":"}\""}],"c":null} x"#, "{\"a\":1\n{\"b\":2}", #"[[],{"":""}]"#]
        for text in texts {
            let bytes = Array(text.utf8)
            for size in 1...7 {
                var boundary = ValueBoundary()
                var found = ValueBoundary.Verdict.unfinished
                var start = 0
                while start < bytes.count, found == .unfinished {
                    let end = min(start + size, bytes.count)
                    found = boundary.read(bytes, in: start..<end)
                    start = end
                }
                #expect(found == verdict(text), "\(text) in pieces of \(size)")
            }
        }
    }
}
