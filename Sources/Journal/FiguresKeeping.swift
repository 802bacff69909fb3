package import Events

/// Keeps what each gateway has counted, step by step, where all gateways of a journal see it.
package protocol FiguresKeeping: Sendable {
    /// Adds figures of this gateway; those of the same step replace what it has said before.
    func keep(_ figures: [StepFigures]) async throws(StoreError)

    /// The figures of all gateways, in the order of their steps.
    /// - Parameters:
    ///   - seconds: the length of the steps.
    ///   - start: the first step.
    ///   - limit: maximum number of rows.
    func figures(ofSteps seconds: Int, from start: Timestamp, limit: Int) async throws(StoreError) -> [KeptFigures]

    /// Forgets the steps of this length that began before.
    func removeFigures(ofSteps seconds: Int, before start: Timestamp) async throws(StoreError)
}

/// What one gateway has counted in a step of time.
package struct StepFigures: Sendable, Equatable {
    /// The length of the step.
    package let seconds: Int
    /// When it began: a multiple of its length, by the wall clock.
    package let start: Timestamp
    /// The figures, in the words of whoever keeps them.
    package let content: [UInt8]

    package init(seconds: Int, start: Timestamp, content: [UInt8]) {
        self.seconds = seconds
        self.start = start
        self.content = content
    }
}

/// Figures that a gateway has left.
package struct KeptFigures: Sendable, Equatable {
    /// Another number at each start of a gateway.
    package let gateway: Int64
    /// Its name.
    package let gatewayName: String
    package let figures: StepFigures

    package init(gateway: Int64, gatewayName: String, figures: StepFigures) {
        self.gateway = gateway
        self.gatewayName = gatewayName
        self.figures = figures
    }
}
