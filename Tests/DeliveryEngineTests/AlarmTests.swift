import NIOCore
import NIOEmbedded
import Synchronization
import Testing
import Transport

@testable import DeliveryEngine

@Suite struct AlarmTests {
    @Test func `rings once, at the time it was last set to, however often it was set before`() {
        let loop = EmbeddedEventLoop()
        let rings = Mutex<[Int]>([])
        var alarm = Alarm(on: loop)
        for number in 1...1000 {
            alarm.set(in: .seconds(60 - number / 100)) { rings.withLock { $0.append(number) } }
        }
        loop.advanceTime(by: .seconds(49))
        #expect(rings.withLock { $0 } == [])
        loop.advanceTime(by: .seconds(1))
        #expect(rings.withLock { $0 } == [1000])
        loop.advanceTime(by: .hours(1))
        #expect(rings.withLock { $0 } == [1000])
    }

    @Test func `does not ring after it was cancelled`() {
        let loop = EmbeddedEventLoop()
        let rings = Mutex(0)
        var alarm = Alarm(on: loop)
        alarm.set(in: .seconds(1)) { rings.withLock { $0 += 1 } }
        alarm.cancel()
        loop.advanceTime(by: .hours(1))
        #expect(rings.withLock { $0 } == 0)
    }
}
