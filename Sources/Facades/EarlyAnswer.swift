import Events

/// The answer to a request that needs nothing from the gateway, thrown where its reading ends.
struct EarlyAnswer: Error {
    let answer: DialectAnswer

    init(_ answer: DialectAnswer) {
        self.answer = answer
    }
}

extension DialectCall {
    /// The call that a request asks for, or the answer that its reader throws.
    static func catching(_ read: () throws(EarlyAnswer) -> DialectCall) -> DialectCall {
        do throws(EarlyAnswer) {
            return try read()
        } catch {
            return .answer(error.answer)
        }
    }
}
