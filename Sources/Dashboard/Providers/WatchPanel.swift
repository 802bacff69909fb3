import Events
import Parity

/// What one way to watch a vendor has found: its state in a word, what that means, and what to do about it.
struct WatchPanel: Sendable {
    let mark: String
    let state: String
    let meaning: String
    /// Nil if nothing has to be done.
    let advice: String?
    /// A page that the advice is about; nil if there is none.
    let adviceLink: Link?
    let figures: [ProviderPage.Fact]
    let hasFigures: Bool

    /// Where to go.
    struct Link: Sendable {
        let label: String
        let href: String
    }

    /// What is wrong, or that nothing is.
    struct Judgement: Sendable {
        let mark: String
        let state: String
        let meaning: String
        var advice: String?
        var link: Link?
    }

    init(_ judgement: Judgement, _ figures: [ProviderPage.Fact] = []) {
        mark = judgement.mark
        state = judgement.state
        meaning = judgement.meaning
        advice = judgement.advice
        adviceLink = judgement.link
        self.figures = figures
        hasFigures = !figures.isEmpty
    }

    static func impossible(_ reason: String, _ advice: String?) -> WatchPanel {
        WatchPanel(Judgement(mark: "unknown", state: "not possible", meaning: "\(reason).", advice: advice))
    }

    static func unread(_ reason: String) -> WatchPanel {
        WatchPanel(
            Judgement(
                mark: "unknown",
                state: "unknown",
                meaning: "What was found cannot be read now: \(reason). Nothing is lost by that; the page tries again."
            )
        )
    }
}
