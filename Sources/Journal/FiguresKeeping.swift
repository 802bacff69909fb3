package import Events

/// Keeps each gateway's statistics, by time step, where all gateways that share a journal see them.
package protocol FiguresKeeping: Sendable {
    /// Stores this gateway's statistics; those of the same step are replaced.
    func keep(_ figures: [StepFigures]) async throws(StoreError)

    /// The statistics of all gateways, in the order of their steps.
    /// - Parameters:
    ///   - seconds: the length of the steps.
    ///   - start: the first step.
    ///   - limit: maximum number of rows.
    func figures(ofSteps seconds: Int, from start: Timestamp, limit: Int) async throws(StoreError) -> [KeptFigures]

    /// Removes steps of this length that began before a time.
    func removeFigures(ofSteps seconds: Int, before start: Timestamp) async throws(StoreError)
}

/// One gateway's statistics for one time step.
package struct StepFigures: Sendable, Equatable {
    /// The length of the step.
    package let seconds: Int
    /// When it began: a multiple of its length, by the wall clock.
    package let start: Timestamp
    /// The statistics, encoded by the caller.
    package let content: [UInt8]

    package init(seconds: Int, start: Timestamp, content: [UInt8]) {
        self.seconds = seconds
        self.start = start
        self.content = content
    }
}

/// Stored statistics with the gateway that they come from.
package struct KeptFigures: Sendable, Equatable {
    /// A new number at each start of a gateway.
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
