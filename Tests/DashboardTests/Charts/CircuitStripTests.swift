import Reports
import Testing

@testable import Dashboard

@Suite struct CircuitStripTests {
    private func strip(_ states: [CircuitState?]) -> String {
        CircuitStrip(id: "circuit", times: .sample(states.count), states: states).markup
    }

    @Test func `draws a bar per stretch in one state, and gaps where nothing is known`() {
        let markup = strip([.closed, .closed, .open, nil, .probing, .closed, .closed, .closed])
        #expect(markup.count(of: "<rect") == 4)
        #expect(markup.contains(#"<rect class="state closed" x="0%" width="25%" y="20" height="4">"#))
        #expect(markup.contains(#"<rect class="state open" x="25%" width="12.5%" y="2" height="22">"#))
        #expect(markup.contains(#"<rect class="state probing" x="50%" width="12.5%""#))
        #expect(markup.contains(#"<rect class="state closed" x="62.5%" width="37.5%""#))
    }

    @Test func `says how long each state lasted, and which was the last`() {
        let markup = strip([.closed, .closed, .open, .held])
        #expect(markup.contains(#"<span class="status circuit-closed">closed</span><b>20 s</b>"#))
        #expect(markup.contains(#"<span class="status circuit-open">open</span><b>10 s</b>"#))
        #expect(markup.contains("closed for 20 s, open for 10 s, held for 10 s; last held from 14:00:30 UTC."))
        #expect(strip([.closed, .closed]).contains("Closed the whole time."))
    }

    @Test func `keeps a short outage when there are more steps than a screen shows`() {
        var states = [CircuitState?](repeating: .closed, count: 3_900)
        states[1_234] = .open
        let markup = strip(states)
        #expect(markup.count(of: "<rect") == 3)
        #expect(markup.count(of: "state open") == 1)
    }

    @Test func `says that there is no data`() {
        for markup in [strip([]), strip([nil, nil])] {
            #expect(markup.contains("No data in this period") && !markup.contains("<rect"))
        }
    }
}
