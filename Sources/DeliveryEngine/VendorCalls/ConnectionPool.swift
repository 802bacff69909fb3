import NIOCore

/// The connections to one origin, and the exchanges that wait for one. Carries out what ``PoolMachine`` decides. Belongs to its client's
/// event loop.
final class ConnectionPool {
    private let eventLoop: any EventLoop
    private let dialer: Dialer
    private var machine: PoolMachine
    /// All that are open, and those that are not ready yet.
    private var connections: [Int: VendorConnection] = [:]
    private var waiting: [Int: VendorExchange] = [:]
    private var lastNumber = 0
    private var alarm: Scheduled<Void>?

    /// - Parameter mostConnections: maximum number of connections.
    init(on eventLoop: any EventLoop, dialing dialer: Dialer, mostConnections: Int) {
        self.eventLoop = eventLoop
        self.dialer = dialer
        machine = PoolMachine(mostConnections: mostConnections)
    }

    /// Carries out an exchange as soon as there is a connection for it.
    func begin(_ exchange: VendorExchange) {
        waiting[exchange.number] = exchange
        machine.asked(exchange.number, mayRepeat: exchange.mayRepeat, until: exchange.deadline)
        carryOut()
    }

    /// Ends the exchange of this number, if it is here.
    func fail(_ number: Int, _ error: any Error) {
        switch machine.withdrew(number) {
        case .waiting: waiting.removeValue(forKey: number)?.fail(error)
        case .inFlight(let connection): connections[connection]?.end(error)
        case nil: break
        }
    }

    /// Closes all connections; exchanges that wait, are in flight or begin later fail.
    func shutDown() {
        machine.shutDown()
        alarm?.cancel()
        carryOut()
        for connection in connections.values { connection.end(ExchangeFailure.shutDown) }
    }

    // MARK: - What connections tell

    /// A connection's response is complete, and everything that came with it was read.
    func answered(_ connection: VendorConnection) {
        machine.answered(connection.number, at: .now())
        carryOut()
    }

    /// A connection is closed.
    /// - Parameter byVendor: whether the vendor closed it while no exchange was in flight.
    func ended(_ connection: VendorConnection, byVendor: Bool) {
        connections[connection.number] = nil
        machine.ended(connection.number, byVendor: byVendor, at: .now())
        carryOut()
    }

    // MARK: - Steps

    private func carryOut() {
        while let step = machine.next(at: .now()) {
            switch step {
            case .connect: connect()
            case .begin(let exchange, let connection): begin(exchange, over: connection)
            case .fail(let exchange, let failure): waiting.removeValue(forKey: exchange)?.fail(failure)
            case .wake(let time): wake(at: time)
            }
        }
    }

    private func begin(_ exchange: Int, over connection: Int) {
        guard let connection = connections[connection] else { return }
        if connection.isClosedByVendor {
            machine.foundClosed(connection.number, at: .now())
            return connection.end(ExchangeFailure.connectionEnded)
        }
        if let exchange = waiting.removeValue(forKey: exchange) { connection.begin(exchange) }
    }

    private func connect() {
        lastNumber += 1
        let number = lastNumber
        let ready = dialer.connect { channel, greeting, due in
            if self.machine.isShutDown { throw ExchangeFailure.shutDown }
            let connection = VendorConnection(channel, number, in: self, greeting: greeting, due: due)
            self.connections[number] = connection
            return connection
        }
        ready.assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.machine.connected(number)
            case .failure(let error):
                self.connections[number] = nil
                guard let exchange = self.machine.couldNotConnect() else { break }
                self.waiting.removeValue(forKey: exchange)?.fail(error)
            }
            self.carryOut()
        }
    }

    private func wake(at time: NIODeadline) {
        alarm?.cancel()
        alarm = eventLoop.assumeIsolated().scheduleTask(deadline: time) {
            self.machine.woke()
            self.carryOut()
        }
    }
}
