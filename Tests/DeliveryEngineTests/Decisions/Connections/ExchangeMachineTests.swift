import Testing

@testable import DeliveryEngine

/// What is known of a request, and what the end of its answer means for the connection.
@Suite struct ExchangeMachineTests {
    @Test func `was sent from the moment at which it is handed to the system, whatever comes then`() {
        var exchange = ExchangeMachine()
        #expect(!exchange.wasSent)
        exchange.leaves()
        #expect(exchange.wasSent)
        exchange.answerBegan(keepsConnection: true)
        #expect(exchange.wasSent)
        _ = exchange.answerEnded(requestIsWritten: true)
        #expect(exchange.wasSent)
    }

    @Test(arguments: [true, false], [true, false])
    func `leaves a connection reusable only if the vendor keeps it and all of the request has left`(
        keepsConnection: Bool,
        requestIsWritten: Bool
    ) {
        var exchange = ExchangeMachine()
        exchange.leaves()
        exchange.answerBegan(keepsConnection: keepsConnection)
        let isReusable = keepsConnection && requestIsWritten
        #expect(exchange.answerEnded(requestIsWritten: requestIsWritten) == .answered(isReusable: isReusable))
    }

    @Test func `an answer that ends before it began, or ends twice, is none`() {
        var early = ExchangeMachine()
        early.leaves()
        #expect(early.answerEnded(requestIsWritten: true) == .broken)
        var twice = ExchangeMachine()
        twice.leaves()
        twice.answerBegan(keepsConnection: true)
        _ = twice.answerEnded(requestIsWritten: true)
        #expect(twice.answerEnded(requestIsWritten: true) == .broken)
    }

    @Test func `takes no answer for a request that has not left`() {
        var exchange = ExchangeMachine()
        exchange.answerBegan(keepsConnection: true)
        #expect(!exchange.wasSent)
        #expect(exchange.answerEnded(requestIsWritten: true) == .broken)
    }
}
