"""One complete MLflow run. The only folder that imports mlflow."""
