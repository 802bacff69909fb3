import Testing

@testable import Dashboard

@Suite struct ThinningTests {
    @Test func `draws each of 300 values`() {
        let values = (0..<300).map { Double($0 % 7) as Double? }
        #expect(Thinning.stretches(values) == [Array(0..<300)])
    }

    @Test func `leaves at most 300 of 3,900 values and no peak or dip out`() {
        var values = [Double?](repeating: 5, count: 3900)
        for index in stride(from: 0, to: 3900, by: 2) { values[index] = 6 }
        values[1234] = 900
        values[1236] = 0
        values[3899] = 77
        let drawn = Thinning.stretches(values).flatMap(\.self)
        #expect(drawn.count <= Thinning.limit)
        #expect(drawn == drawn.sorted())
        #expect([1234, 1236, 3899].allSatisfy(drawn.contains))
    }

    @Test func `begins a new stretch behind a gap`() {
        #expect(Thinning.stretches([1, nil, nil, 2, 3]) == [[0], [3, 4]])
        #expect(Thinning.stretches([nil, nil]).isEmpty)
        #expect(Thinning.stretches([]).isEmpty)
    }

    @Test func `keeps a long gap of a thinned series`() {
        var values = [Double?](repeating: 5, count: 3900)
        for index in 1000..<1100 { values[index] = nil }
        let stretches = Thinning.stretches(values)
        #expect(stretches.count == 2)
        // Pieces have 26 values, so an end is less than that away.
        #expect((974..<1000).contains(stretches.first?.last ?? 0))
        #expect((1100..<1126).contains(stretches.last?.first ?? 0))
    }

    @Test(arguments: [0, 1, 2, 299, 300, 301, 3900, 100_000])
    func `covers every value once`(count: Int) {
        for pieces in [Thinning.pieces(of: count), Thinning.columns(of: count)] {
            #expect(pieces.flatMap { Array($0) } == Array(0..<count))
            #expect(pieces.count <= Thinning.limit)
        }
    }
}
