namespace Naru.Kinds.Printing;

/// <summary>What columns say about themselves.</summary>
internal static class ColumnNotes
{
    /// <summary>A sentence for a column of this name.</summary>
    public static string Of(string column) => column switch
    {
        "Name" => "Name of the object, unique among its kind in a namespace.",
        "Age" => "Time since the object was made.",
        "Created At" => "Time at which the object was made.",
        "Status" => "State of the object as a whole.",
        "Ready" => "How many are ready of how many there should be.",
        "Restarts" => "How often containers were started again, and when last.",
        "IP" => "Address of the pod.",
        "Node" => "Node that the pod runs on.",
        "Containers" => "Names of the containers in the pod template.",
        "Images" => "Images of the containers in the pod template.",
        "Selector" => "Labels by which pods are chosen.",
        "Desired" => "How many there should be.",
        "Current" => "How many there are.",
        "Up-to-date" => "How many follow the newest template.",
        "Available" => "Whether, or how many, are of use now.",
        "Type" => "Type of the object.",
        _ => $"{column} of the object.",
    };
}
