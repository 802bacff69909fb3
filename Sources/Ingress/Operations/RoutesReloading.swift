package import ConfigurationFile
package import Events
package import Journal
package import Routing

/// Reloads a changed `routes.json` while the gateway runs; implemented by `Gateway`.
package protocol RoutesReloading: Sendable {
    /// Reloads the file atomically if it is valid.
    /// - Parameter caller: the client that asked for it, for the audit log.
    func reload(by caller: Caller) async throws(ReloadError) -> ReloadResult

    /// What these bytes would change if they were the file; changes nothing.
    func compare(_ bytes: [UInt8]) async throws(ReloadError) -> ReloadResult
}

/// What a new `routes.json` changes.
package struct ReloadResult: Sendable {
    package let changes: RoutesChanges
    /// Warnings about the new file.
    package let warnings: [ConfigurationFault]
    /// Deliveries that wait for providers that the new file does not have.
    package let stranded: [StrandedDeliveries]
    /// The routes of the file; nil if it is the one in effect.
    package var routes: Routes?

    package init(changes: RoutesChanges, warnings: [ConfigurationFault], stranded: [StrandedDeliveries]) {
        self.changes = changes
        self.warnings = warnings
        self.stranded = stranded
    }
}

/// Deliveries without a provider: they stay pending until it returns.
package struct StrandedDeliveries: Sendable, Equatable {
    package let provider: ProviderName
    package let backlog: Backlog

    package init(provider: ProviderName, backlog: Backlog) {
        self.provider = provider
        self.backlog = backlog
    }
}

/// A provider whose adapter would change while deliveries wait that were planned for the old one: another account under the same name.
package struct ChangedAccount: Sendable, Equatable, CustomStringConvertible {
    package let provider: ProviderName
    /// The adapter that the deliveries were planned for.
    package let planned: AdapterName
    /// The adapter in the file.
    package let configured: AdapterName
    /// How many deliveries are waiting.
    package let events: Int

    package init(provider: ProviderName, planned: AdapterName, configured: AdapterName, events: Int) {
        self.provider = provider
        self.planned = planned
        self.configured = configured
        self.events = events
    }

    package var description: String {
        "\(events) deliveries to provider \(provider) were accepted for the adapter \(planned), and the file says \(configured), which is "
            + "another account: keep \(planned) under this name until they are delivered, or take the provider out, discard them with "
            + "`tollgate deliveries discard --provider \(provider)` and put it back; or give the new account another name"
    }
}

extension [ChangedAccount] {
    /// The accounts that routes would change while deliveries wait for them.
    package static func found(in routes: Routes, archive: any EventArchive) async throws(StoreError) -> [ChangedAccount]
    {
        var changed: [ChangedAccount] = []
        for provider in routes.providers {
            let configured = provider.traits.adapter
            let planned = try await archive.waitingAdapters(of: provider.name)
            guard let other = planned.first(where: { $0 != configured }) else { continue }
            changed.append(
                ChangedAccount(
                    provider: provider.name,
                    planned: other,
                    configured: configured,
                    events: try await archive.backlog(of: provider.name).events
                )
            )
        }
        return changed
    }
}

/// Why a `routes.json` is not reloaded. The current routes stay active.
package enum ReloadError: Error, Sendable {
    case unreadable(reason: String)
    case faulty(FaultyConfiguration)
    /// Deliveries wait for other accounts than those of the file.
    case changedAccounts([ChangedAccount])
    /// The backlogs of removed providers could not be read.
    case store(StoreError)
}
