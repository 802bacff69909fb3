import Testing

@testable import JournalPostgres

/// What the server makes of these bytes, `ConnectionTests` shows.
@Suite struct ParameterTests {
    @Test func `writes numbers with the most significant byte first`() {
        #expect(Parameter.int8(-2).encoded == [255, 255, 255, 255, 255, 255, 255, 254])
        #expect(Parameter.int4(258).encoded == [0, 0, 1, 2])
        #expect(Parameter.int2(nil).encoded == nil)
    }

    @Test func `writes an array with its header, and NULL as a length of -1`() {
        let expected: [UInt8] = [
            0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 21, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 255, 255, 255, 255,
        ]
        #expect(Parameter.int2s([7, nil]).encoded == expected)
        #expect(Parameter.texts([]).encoded == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 25])
    }
}
