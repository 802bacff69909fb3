import Access
import Events
import Routing

extension CredentialVault {
    /// Tells by the vendors' keys which providers are one account.
    /// - Parameter runsPrograms: whether programs may be run for their keys: only those of the operator's own file.
    func recognizeAccounts(in reading: RoutesReader.Contents, runsPrograms: Bool) async -> RoutesReader.Contents {
        var keys: [ProviderName: CredentialDigest] = [:]
        for provider in reading.routes.providers {
            keys[provider.name] = await digest(
                from: provider.credential,
                of: provider.name,
                runsPrograms: runsPrograms
            )
        }
        return reading.knowing(keys: keys)
    }
}
