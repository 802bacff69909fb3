import Events
import Journal
import JournalSQLite
import Routing
import ServiceLifecycle
import TestSupport
import Testing

@testable import DeliveryEngine

/// The shell of a pipeline: that it carries out what the machine decides, with the journal, the vendor and the clock.
@Suite struct PipelineTests {
    @Test func `delivers what the journal holds in its order, and writes down what came of it`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { .status($0 == 1 ? 422 : 200) }
            try await stage.accept("1", "2", "3")
            try await stage.run {
                try await stage.wait("3", .delivered)
                try await stage.accept("4")
                try await stage.wait("4", .delivered)
            }
            #expect(stage.vendor.calls.map(\.ids) == [["1"], ["2"], ["3"], ["4"]])
            #expect(try await stage.delivery("1").status == .delivered)
            let rejected = try await stage.delivery("2")
            #expect(rejected.status == .rejected && rejected.httpStatus == 422 && rejected.fault?.code == .invalidEvent)
        }
    }

    @Test func `sends a retry at its time, and not before`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { .status($0 == 0 ? 503 : 200) }
            try await stage.accept("1")
            try await stage.run {
                try await stage.wait("1", .retrying)
                let due = try #require(try await stage.delivery("1").nextAttemptAt)
                try await stage.pass(.milliseconds(100), until: "its time has come") { stage.clock.now >= due }
                // Then time stands still, however long the journal takes on a busy machine.
                try await stage.pass(until: "it has left, or a while is over") {
                    stage.vendor.calls.count == 2 || stage.clock.now >= due + .seconds(50)
                }
                try await stage.wait("1", .delivered)
                let again = try #require(stage.vendor.calls.last)
                #expect(stage.vendor.calls.count == 2)
                #expect(ClockReading.sample.wall + again.at >= due, "not before its time")
                #expect(ClockReading.sample.wall + again.at < due + .seconds(60), "soon after it")
            }
            #expect(try await stage.delivery("1").history.map(\.httpStatus) == [503, 200])
        }
    }

    @Test func `sends a retry at once that a person has made due`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { .status($0 == 0 ? 500 : 200) }
            try await stage.accept("1")
            try await stage.run {
                try await stage.wait("1", .retrying)
                let now = stage.clock.now
                try await stage.store.makeRetriesDue(of: PipelineStage.provider, waitingBeyond: now, at: now)
                stage.view.bells.nudge(PipelineStage.provider)
                try await stage.wait("1", .delivered)
                #expect(stage.vendor.calls.map(\.at) == [.zero, .zero])
            }
        }
    }

    @Test func `tells those who wait when a delivery is settled, and what it does now`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(200) }
            let ticket = stage.view.settlements.ticket(for: [1: [PipelineStage.provider]])
            try await stage.accept("1")
            try await stage.run {
                #expect(await ticket.wait(atMost: .seconds(60)))
                try await waitUntil("the monitor counts it") {
                    stage.view.monitor.current[PipelineStage.provider]?.counts.delivered == 1
                }
            }
            stage.view.settlements.end(ticket)
            #expect(stage.view.monitor.current[PipelineStage.provider] == nil, "a pipeline that has ended says nothing")
        }
    }

    @Test func `begins again under the next lease after it has lost one`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(200) }
            try await stage.accept("1")
            try await stage.run {
                try await stage.wait("1", .delivered)
                let other = try await stage.store.lease(PipelineStage.provider)
                #expect(await stage.store.waitForEnd(of: other) == .lost)
                try await stage.accept("2")
                try await stage.wait("2", .delivered)
            }
            #expect(stage.vendor.calls.map(\.ids) == [["1"], ["2"]])
        }
    }

    // MARK: - Holds

    @Test func `sends nothing while an operator holds the provider, and at once when they resume`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(200) }
            let hold = OperatorHold(until: stage.clock.now + .seconds(600), by: "ops", at: stage.clock.now)
            try await stage.store.hold(PipelineStage.provider, byOperator: hold)
            try await stage.accept("1")
            try await stage.run {
                // Before that it hears no order.
                try await waitUntil("it has begun") { stage.view.monitor.current[PipelineStage.provider] != nil }
                try await stage.pass(until: "a minute is over") { stage.clock.elapsed >= .seconds(60) }
                #expect(stage.vendor.calls.isEmpty)
                stage.view.orders.pass(.resume, to: PipelineStage.provider)
                try await stage.wait("1", .delivered)
            }
        }
    }

    @Test func `stays parked over a restart, but not when the provider has changed`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { .status($0 == 0 ? 401 : 200) }
            try await stage.accept("1")
            try await stage.run {
                try await waitUntil("the parking is on disk") {
                    try await stage.store.hold(of: PipelineStage.provider)?.isParked == true
                }
                try await stage.wait("1", .retrying)
            }
            try await stage.run(.start) {
                try await waitUntil("it is parked still") {
                    stage.view.monitor.current[PipelineStage.provider]?.parked?.code == .unauthorized
                }
            }
            #expect(stage.vendor.calls.count == 1)
            try await stage.run(.change) { try await stage.wait("1", .delivered) }
            #expect(stage.clock.elapsed == .zero, "nobody waited for the end of the pause")
        }
    }

    @Test func `a read of a client passes behind the deliveries' tokens`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { _ in .status(200) }
            stage.settings.rateLimit = RateLimit(requests: 1, per: .seconds(10))
            let reads = stage.view.reads
            try await stage.accept("1")
            try await stage.run {
                try await stage.wait("1", .delivered)
                async let admitted = reads.admit(to: PipelineStage.provider, within: .seconds(600))
                try await stage.pass(until: "ten seconds are over") { stage.clock.elapsed >= .seconds(11) }
                #expect(await admitted)
            }
        }
    }

    // MARK: - Ends

    @Test func `when it is stopped, waits for the answer, settles it, and leaves the rest to the next pipeline`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { $0 == 0 ? .hang : .status(200) }
            stage.settings.concurrency = 1
            let vendor = stage.vendor
            try await stage.accept("1", "2", "3")
            try await stage.run {
                try await waitUntil("the request has left") { vendor.calls.count == 1 }
            } afterStop: {
                vendor.answer(200)
            }
            #expect(vendor.calls.map(\.ids) == [["1"]], "nothing new after the stop")
            #expect(try await stage.delivery("1").status == .delivered)
            try await stage.run { try await stage.wait("3", .delivered) }
            #expect(vendor.calls.map(\.ids) == [["1"], ["2"], ["3"]])
        }
    }

    /// A pipeline as a part of a program that is shut down.
    private struct Program: Service {
        let pipeline: Pipeline

        func run() async {
            let (never, end) = AsyncStream<Never>.makeStream()
            await pipeline.run(until: never)
            end.finish()
        }
    }

    @Test func `a shutdown gives up a vendor that hangs, and the next start knows what it may have got`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { _ in .hang }
            (stage.settings.concurrency, stage.settings.deduplication) = (1, .none)
            let (vendor, quiet) = (stage.vendor, PipelineStage.quiet)
            try await stage.accept("1", "2")
            let group = ServiceGroup(services: [Program(pipeline: stage.pipeline)], logger: quiet)
            async let running: Void = group.run()
            try await waitUntil("the request has left") { vendor.calls.count == 1 }
            await group.triggerGracefulShutdown()
            let monitor = stage.view.monitor
            try await stage.pass(until: "the pipeline has ended") { monitor.current[PipelineStage.provider] == nil }
            try? await running
            #expect(stage.clock.elapsed >= Pipeline.grace)
            await stage.store.close()

            let next = try PipelineStage(folder) { _ in .status(200) }
            let lease = try await next.store.lease(PipelineStage.provider)
            #expect(try await next.store.claimInterrupted(under: lease).map(\.event.id) == ["1"])
            #expect(try await next.delivery("2").status == .pending)
        }
    }
}
