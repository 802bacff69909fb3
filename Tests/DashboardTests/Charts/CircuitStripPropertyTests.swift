import Events
import Randomness
import Reports
import Testing

@testable import Dashboard

/// The bars of a strip lie side by side, and only where a state is known.
@Suite struct CircuitStripPropertyTests {
    private func bars(_ markup: String) -> [(state: String, start: Double, width: Double)] {
        markup.split(separator: "<rect class=\"state ").dropFirst().compactMap { piece in
            let text = String(piece)
            guard let start = text.attribute("x").flatMap({ Double($0.dropLast()) }),
                let width = text.attribute("width").flatMap({ Double($0.dropLast()) })
            else { return nil }
            return (String(text.prefix { $0 != "\"" }), start, width)
        }
    }

    private func strip(_ states: [CircuitState?]) -> String {
        CircuitStrip(id: "c", times: .sample(states.count), states: states).markup
    }

    @Test(arguments: 1...30)
    func `bars cover what is known, in order and without overlaps`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let all: [CircuitState?] = CircuitState.allCases.map { $0 } + [nil]
        var states: [CircuitState?] = []
        while states.count < 250 {
            let state = all.randomElement(using: &random) ?? nil
            states += [CircuitState?](repeating: state, count: Int.random(in: 1...40, using: &random))
        }
        states = Array(states.prefix(Int.random(in: 1...250, using: &random)))
        let bars = bars(strip(states))
        // Neighbours in one state are one bar.
        var expected: [(state: String, start: Int, count: Int)] = []
        for (index, state) in states.enumerated() {
            guard let state else { continue }
            if let last = expected.last, last.state == state.rawValue, last.start + last.count == index {
                expected[expected.count - 1].count += 1
            } else {
                expected.append((state.rawValue, index, 1))
            }
        }
        #expect(bars.map(\.state) == expected.map(\.state), "seed \(seed)")
        for (bar, stretch) in zip(bars, expected) {
            #expect(abs(bar.start - 100 * Double(stretch.start) / Double(states.count)) < 0.051)
            #expect(abs(bar.width - 100 * Double(stretch.count) / Double(states.count)) < 0.051)
        }
    }

    @Test(arguments: CircuitState.allCases)
    func `says how long a state lasted, in a legend and in words`(state: CircuitState) {
        let markup = strip([state, state, nil])
        #expect(markup.contains(">\(state.rawValue)</span><b>20 s</b>"))
        let words = "\(state.rawValue) for 20 s; last \(state.rawValue) from 14:00:00 UTC."
        #expect(markup.contains(state == .closed ? ">Closed the whole time.<" : words))
        #expect(markup.contains("<title>\(state.rawValue) from 14:00:00 UTC</title>"))
    }

    @Test func `one step is the whole width`() {
        let bars = bars(strip([.open]))
        #expect(bars.map(\.start) == [0] && bars.map(\.width) == [100])
        #expect(self.bars(strip([])).isEmpty && self.bars(strip([nil, nil])).isEmpty)
    }

    /// Of 1,000 steps, each drawn piece has the state that kept calls away most.
    @Test(arguments: 1...10)
    func `a thinned strip shows every outage`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var states = [CircuitState?](repeating: .closed, count: 1000)
        let outages = (0..<5).map { _ in Int.random(in: 0..<1000, using: &random) }
        for place in outages { states[place] = .open }
        let open = bars(strip(states)).filter { $0.state == "open" }
        for place in outages {
            let share = Double(place) / 10
            #expect(open.contains { $0.start - 0.1 <= share && share <= $0.start + $0.width + 0.1 }, "\(place)")
        }
    }
}
