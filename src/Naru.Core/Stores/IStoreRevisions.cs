namespace Naru.Core.Stores;

/// <summary>A store whose revision can be taken forward, so that after a migration no client meets a revision it has seen already.</summary>
public interface IStoreRevisions
{
    /// <summary>Makes the newest revision at least so high; watches and ranges below it then get Expired. Harmless when it is as high already.</summary>
    Task AdvanceAsync(long revision, CancellationToken cancellationToken);
}
