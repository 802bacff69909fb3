import Access
import Events

extension Destination {
    /// The same at another account of the vendor.
    func moved(to account: ProviderName, mode: DeliveryMode? = nil) -> Destination {
        Destination(
            provider: account,
            adapter: adapter,
            mode: mode ?? self.mode,
            rename: rename,
            settings: settings
        )
    }

    /// The same in another mode; nil changes nothing.
    func delivered(as mode: DeliveryMode?) -> Destination {
        guard let mode, mode != self.mode else { return self }
        return moved(to: provider, mode: mode)
    }

    /// The same with the tenant in front of every id: in an account that tenants share, the vendor tells events apart by the id alone, and
    /// would take one tenant's event for a repeat of another's.
    func prefixed(by tenant: TenantID) -> Destination {
        let name = DestinationSettings.idPrefix
        var values = settings.values
        // No tenant's name has a slash in it.
        values[name] = .text("\(tenant)/" + (settings.text(name) ?? ""))
        return Destination(
            provider: provider,
            adapter: adapter,
            mode: mode,
            rename: rename,
            settings: DestinationSettings(values)
        )
    }
}
