import Testing

@testable import JournalPostgres

@Suite struct WaitingLineTests {
    @Test func `hands out what waits in its order, then nothing`() {
        var line = WaitingLine<Int>()
        #expect(line.popFirst() == nil)
        for number in 0..<200 { line.append(number) }
        for number in 0..<200 { #expect(line.popFirst() == number) }
        #expect(line.popFirst() == nil)
        #expect(line.places == 0)
        line.append(7)
        #expect(line.popFirst() == 7)
    }

    @Test func `does not grow while as many come as leave`() {
        var line = WaitingLine<Int>()
        for number in 0..<3 { line.append(number) }
        var most = 0
        for number in 3..<10_000 {
            line.append(number)
            #expect(line.popFirst() == number - 3)
            most = max(most, line.places)
        }
        #expect(most < 100)
    }
}
