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
                from: provider.connection.credential,
                of: provider.name,
                runsPrograms: runsPrograms
            )
        }
        return reading.knowing(keys: keys)
    }

    /// The same for a file that a client has sent, who must not choose which files are read and which programs run here: only those that
    /// the routes in force name.
    func recognizeAccounts(inSent reading: RoutesReader.Contents, beside current: Routes) async -> RoutesReader.Contents
    {
        var keys: [ProviderName: CredentialDigest] = [:]
        for provider in reading.routes.providers {
            let isKnown = current.providers.contains { $0.connection.credential == provider.connection.credential }
            switch provider.connection.credential {
            case .file where !isKnown, .command where !isKnown: continue
            case .environment, .inline, .file, .command:
                keys[provider.name] = await digest(
                    from: provider.connection.credential,
                    of: provider.name,
                    runsPrograms: true
                )
            }
        }
        return reading.knowing(keys: keys)
    }
}
