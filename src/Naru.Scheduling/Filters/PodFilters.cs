using Naru.Scheduling.State;

namespace Naru.Scheduling.Filters;

/// <summary>Judges nodes by what lies on other nodes; made for one class of pods.</summary>
internal interface IPodFilter
{
    /// <summary>Takes in what changed since the last decision.</summary>
    void CatchUp();

    /// <summary>Null if the node may take the pod.</summary>
    Refusal? Judge(NodeEntry node);
}
